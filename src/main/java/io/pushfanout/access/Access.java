package io.pushfanout.access;

import java.util.concurrent.CompletableFuture;

/** Decides who may broadcast. Any thread may ask, event loops too. */
public interface Access {
  /**
   * Whether who shows these credentials has this right. Never blocks; where the decision is known
   * already the future is done. It never fails: {@link Decision.Unavailable} is a decision.
   */
  CompletableFuture<Decision> decide(Credentials credentials, Right right);
}
