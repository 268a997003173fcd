package io.pushfanout.auth;

import io.pushfanout.model.FanoutName;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A check that decides which callers may broadcast. Any thread may call it, event loops too. */
public interface Authorizer {
  /**
   * Decides whether the caller with these credentials has the right. The call never blocks; the
   * future is done already if the decision is cached. The future never fails: {@link
   * Decision.Unavailable} is a decision.
   */
  CompletableFuture<Decision> decide(Credentials credentials, Right right);

  /**
   * Decides whether the caller is identified, whatever its rights: a caller that lacks some gets
   * {@link Decision.Allowed} or {@link Decision.Denied} here. For a request that names its targets
   * only in its body. As {@link #decide} otherwise.
   */
  default CompletableFuture<Decision> identify(Credentials credentials) {
    return decide(credentials, Right.ALL_TARGETS);
  }

  /**
   * The right to broadcast, in the words of Kubernetes: {@code create} on {@code
   * pushfanouts/broadcast}.
   *
   * @param target the fanout; null: all fanouts, present and future
   */
  public record Right(@Nullable FanoutName target) {
    public static final Right ALL_TARGETS = new Right(null);

    @Override
    public String toString() {
      return "create on pushfanouts/broadcast of " + targetText();
    }

    /** Returns the fanout's name, or {@code all targets}. */
    String targetText() {
      return target == null ? "all targets" : target.toString();
    }
  }
}
