package io.pushfanout.discovery;

import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one discovery: sessions share the newest until a session has left it, and the
 * next connection is with the next member. On discovery's thread alone.
 */
final class EtcdConnections {
  private final EtcdClients clients;
  private final ScheduledExecutorService thread;
  private @Nullable EtcdConnection newest;

  EtcdConnections(EtcdClients clients, ScheduledExecutorService thread) {
    this.clients = clients;
    this.thread = thread;
  }

  /**
   * Opens a session.
   *
   * @param prefix prefix of a service's keys
   */
  Session session(String prefix) {
    EtcdConnection joined = newest;
    if (joined == null || !joined.isOpen()) {
      joined = new EtcdConnection(clients.open(), prefix, thread);
      newest = joined;
    }
    return joined.join(prefix);
  }
}
