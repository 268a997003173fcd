package io.pushfanout.access;

/** Knows tokens and rights, and takes its time to answer. Any number of threads may ask. */
public interface Reviewer {
  /** Whose the token is. */
  Review review(String token) throws ReviewException;

  /** Whether the user has the right. */
  boolean holds(User user, Right right) throws ReviewException;
}
