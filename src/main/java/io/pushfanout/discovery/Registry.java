package io.pushfanout.discovery;

/** Where the registrations of one service are kept. */
interface Registry {
  /**
   * A new session, with another member of the cluster than the last one if there is one.
   *
   * @throws RuntimeException when it cannot even be tried, such as for a broken certificate file
   */
  Session open();
}
