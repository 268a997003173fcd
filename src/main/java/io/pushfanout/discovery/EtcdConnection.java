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
 * pulse tells all of them when the member has gone silent.
 *
 * <p>Something may have failed in it when a session leaves, so no other joins it from then on; it
 * ends with its last one. On discovery's thread alone.
 */
final class EtcdConnection {
  private static final long CLOSE_DELAY_MILLIS = 100;

  private final CompletableFuture<Client> client;
  private final String probed;
  private final Pulse pulse;
  private final List<EtcdSession> sessions = new ArrayList<>();
  private boolean open = true;

  /**
   * @param client to come; cancelled if nobody waits for it any more
   * @param probed a key that may be read with no more rights than discovery has anyway
   */
  EtcdConnection(CompletableFuture<Client> client, String probed, ScheduledExecutorService thread) {
    this.client = client;
    this.probed = probed;
    this.pulse =
        new Pulse(this::probe, thread, why -> List.copyOf(sessions).forEach(s -> s.ends(why)));
    pulse.start();
  }

  /** Answered by a member that has a leader, as all reads are, and at next to no cost. */
  private CompletableFuture<GetResponse> probe() {
    GetOption option = GetOption.builder().withCountOnly(true).build();
    return client.thenCompose(c -> c.getKVClient().get(EtcdClients.utf8(probed), option));
  }

  /** Whether sessions may join. */
  boolean isOpen() {
    return open;
  }

  EtcdSession join(String prefix) {
    EtcdSession session = new EtcdSession(client, prefix, this::leave);
    sessions.add(session);
    return session;
  }

  /**
   * The client is closed when jetcd is through with what ended the session: it would still plan to
   * resume a watch, on a thread that closing takes from it, and complain aloud.
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
