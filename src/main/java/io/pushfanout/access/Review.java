package io.pushfanout.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a reviewer says of a token. */
public sealed interface Review {
  /**
   * It is good.
   *
   * @param expires when it ends, where that is known
   */
  record Good(User user, @Nullable Instant expires) implements Review {}

  /** It is not, whoever may show it. */
  record Bad() implements Review {}
}
