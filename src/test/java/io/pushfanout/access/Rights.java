package io.pushfanout.access;

import io.pushfanout.model.FanoutName;

/** Rights as the tables of tests write them. */
final class Rights {
  private Rights() {}

  /**
   * @param target {@code namespace/name}, or {@code all}
   */
  static Right of(String target) {
    return target.equals("all") ? Right.ALL_TARGETS : new Right(FanoutName.parse(target));
  }
}
