package io.pushfanout.discovery;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A connection with one member of etcd, which the sessions of any number of services share: one
 * pulse informs all of them when the member stops answering.
 *
 * <p>No session joins after one has left, since the connection may have failed; it closes with its
 * last session. On discovery's thread alone.
 */
final class EtcdConnection {
  private static final long CLOSE_DELAY_MILLIS = 100;

  private final CompletableFuture<Client> client;
  private final String probed;
  private final HealthProbe pulse;
  private final List<EtcdSession> sessions = new ArrayList<>();
  private boolean open = true;

  /**
   * @param client the future client; cancelled when no session needs it any more
   * @param probed a key that discovery has the right to read anyway
   */
  EtcdConnection(CompletableFuture<Client> client, String probed, ScheduledExecutorService thread) {
    this.client = client;
    this.probed = probed;
    this.pulse =
        new HealthProbe(
            this::probe, thread, why -> List.copyOf(sessions).forEach(s -> s.ends(why)));
    pulse.start();
  }

  /**
   * Reads the number of keys at the probed key. Only a member with a leader answers, as for all
   * reads, and at next to no cost.
   */
  private CompletableFuture<GetResponse> probe() {
    GetOption option = GetOption.builder().withCountOnly(true).build();
    return client.thenCompose(c -> c.getKVClient().get(EtcdClients.utf8(probed), option));
  }

  /** Returns whether sessions may join. */
  boolean isOpen() {
    return open;
  }

  EtcdSession join(String prefix) {
    EtcdSession session = new EtcdSession(client, prefix, this::leave);
    sessions.add(session);
    return session;
  }

  /**
   * Removes a session, and closes the client after the last one with a delay. jetcd would still
   * schedule a resumption of a watch, on an executor that closing shuts down, and log its
   * rejection.
   */
  private void leave(EtcdSession session) {
    open = false;
    if (sessions.remove(session) && sessions.isEmpty()) {
      pulse.stop();
      client.cancel(false);
      var _ =
          client.thenAcceptAsync(
              Client::close,
              CompletableFuture.delayedExecutor(CLOSE_DELAY_MILLIS, TimeUnit.MILLISECONDS));
    }
  }
}
