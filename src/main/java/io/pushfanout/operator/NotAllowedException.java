package io.pushfanout.operator;

import io.pushfanout.model.SettingException;

/**
 * A refusal of a valid spec that the operator of the installation does not allow to its namespace.
 */
class NotAllowedException extends SettingException {
  NotAllowedException(String field, String problem) {
    super(field, problem);
  }

  /** Returns the reason of the condition {@code Accepted}. */
  String reason() {
    return "NotAllowed";
  }
}
