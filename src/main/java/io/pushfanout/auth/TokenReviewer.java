package io.pushfanout.auth;

import io.pushfanout.auth.Authorizer.Right;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A slow authority on tokens and rights. Any number of threads may call it; calls block. */
public interface TokenReviewer {
  /** Returns the verdict on the token, with its user if the token is valid. */
  Review review(String token) throws ReviewException;

  /** Returns whether the user has the right. */
  boolean holds(User user, Right right) throws ReviewException;

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

  /**
   * The failure of a review, because the reviewer is unavailable; the message is one line for a
   * log.
   */
  public static final class ReviewException extends Exception {
    public ReviewException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The user of a token, as returned by the reviewer. */
  public record User(
      String name, @Nullable String uid, List<String> groups, Map<String, List<String>> extra) {
    public User {
      groups = List.copyOf(groups);
      extra = Map.copyOf(extra);
    }
  }
}
