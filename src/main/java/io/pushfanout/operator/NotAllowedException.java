package io.pushfanout.operator;

import io.pushfanout.model.SettingException;

/**
 * A spec that is valid, and that the operator of this installation does not let its namespace have.
 */
class NotAllowedException extends SettingException {
  NotAllowedException(String field, String problem) {
    super(field, problem);
  }

  /** Of the condition {@code Accepted}. */
  String reason() {
    return "NotAllowed";
  }
}
