package io.pushfanout.access;

/** A slow authority on tokens and rights. Any number of threads may call it; calls block. */
public interface Reviewer {
  /** Returns the verdict on the token, with its user if the token is valid. */
  Review review(String token) throws ReviewException;

  /** Returns whether the user has the right. */
  boolean holds(User user, Right right) throws ReviewException;
}
