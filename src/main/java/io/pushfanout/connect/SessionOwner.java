package io.pushfanout.connect;

/** What the owner of sessions hears; nothing after it has closed the session. */
interface SessionOwner {
  /** The node takes calls, so many at a time. */
  void onReady(Http2Session session, int concurrency);

  /** The node allows another number of calls at a time. */
  void onConcurrency(Http2Session session, int concurrency);

  /** Calls can be started again. */
  void onAvailable(Http2Session session);

  /**
   * Told once: it takes no more calls, or never will.
   *
   * @param orderly whether nothing is wrong with it, and another is to take its place
   */
  void onLeaving(Http2Session session, String why, boolean orderly);

  /** Its last call has ended, and it is closed. */
  void onGone(Http2Session session);
}
