package io.pushfanout.discovery;

/** The store of the registrations of one service. */
interface Registry {
  /**
   * Opens a session, with another member of the cluster than the last one if there is one.
   *
   * @throws RuntimeException when no attempt is possible, such as for a broken certificate file
   */
  Session open();
}
