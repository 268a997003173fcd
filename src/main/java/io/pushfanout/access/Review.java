package io.pushfanout.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A reviewer's verdict on a token. */
public sealed interface Review {
  /**
   * The token is valid.
   *
   * @param expires the end of the token's validity; null if unknown
   */
  record Good(User user, @Nullable Instant expires) implements Review {}

  /** The token is invalid for every caller. */
  record Bad() implements Review {}
}
