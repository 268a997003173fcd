package io.pushfanout.simulation;

import java.io.Serial;

/** A broken invariant, which ends its history. */
final class Violation extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final Invariant invariant;

  Violation(Invariant invariant, String text) {
    super(invariant + ": " + text);
    this.invariant = invariant;
  }

  Invariant invariant() {
    return invariant;
  }
}
