package io.pushfanout.connect;

/**
 * The owner of sessions, which receives their events; none follows after it has closed the session.
 */
interface SessionOwner {
  /** The node takes calls, {@code concurrency} at a time. */
  void onReady(Http2Session session, int concurrency);

  /** The node allows another number of calls at a time. */
  void onConcurrency(Http2Session session, int concurrency);

  /** Calls can be started again. */
  void onAvailable(Http2Session session);

  /**
   * The session takes no more calls, or never will. Called once.
   *
   * @param orderly whether nothing is wrong with the session, and another is to take its place
   */
  void onLeaving(Http2Session session, String why, boolean orderly);

  /** The session's last call has ended, and the session is closed. */
  void onGone(Http2Session session);
}
