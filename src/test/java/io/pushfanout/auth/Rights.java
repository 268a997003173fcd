package io.pushfanout.auth;

import io.pushfanout.auth.Authorizer.Right;
import io.pushfanout.model.FanoutName;

/** Rights in the notation of the tests' tables. */
final class Rights {
  private Rights() {}

  /**
   * @param target {@code namespace/name}, or {@code all}
   */
  static Right of(String target) {
    return target.equals("all") ? Right.ALL_TARGETS : new Right(FanoutName.parse(target));
  }
}
