package io.pushfanout.access;

import java.util.concurrent.CompletableFuture;

/** A check that decides which callers may broadcast. Any thread may call it, event loops too. */
public interface Access {
  /**
   * Decides whether the caller with these credentials has the right. The call never blocks; the
   * future is done already if the decision is cached. The future never fails: {@link
   * Decision.Unavailable} is a decision.
   */
  CompletableFuture<Decision> decide(Credentials credentials, Right right);
}
