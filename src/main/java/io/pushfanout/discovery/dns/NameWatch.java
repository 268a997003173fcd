package io.pushfanout.discovery.dns;

import io.pushfanout.discovery.source.Availability.OutageListener;
import io.pushfanout.discovery.source.DiscoveryThread;
import io.pushfanout.discovery.source.NodeDiscovery;
import io.pushfanout.discovery.source.RestartableTimer;
import io.pushfanout.discovery.source.SourceNodes;
import io.pushfanout.discovery.source.SourceWatch;
import io.pushfanout.model.Discovery;
import io.pushfanout.plan.Registrations.Trouble;
import io.pushfanout.reload.FileException;
import io.pushfanout.text.Printable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A watch over one name. A look-up follows the last one after the interval of the spec, and sooner
 * after a failure. The records' time to live has no effect.
 */
final class NameWatch extends SourceWatch<Discovery.Dns> {
  /** Longest wait after a failure. */
  static final Duration AGAIN = Duration.ofSeconds(2);

  /** Limit of a look-up of all names to try at all servers; no look-up should come near. */
  private static final long LIMIT_SECONDS = 120;

  private static final int LONGEST_REASON = 300;

  private final DnsClient client;
  private final ResolvConfSource conf;
  private final DiscoveryThread thread;
  private final RestartableTimer next;
  private Discovery.Dns dns;
  private @Nullable String usual;
  private boolean closed;

  /** A reader of the resolver's settings, which may change. */
  @FunctionalInterface
  interface ResolvConfSource {
    ResolvConf read() throws IOException;
  }

  NameWatch(
      DnsClient client,
      ResolvConfSource conf,
      Discovery.Dns dns,
      DiscoveryThread thread,
      OutageListener outages,
      NodeDiscovery.Listener listener) {
    super(new SourceNodes(dns.source(), outages, thread.executor(), listener));
    this.client = client;
    this.conf = conf;
    this.dns = dns;
    this.thread = thread;
    this.next = new RestartableTimer(thread.executor());
  }

  @Override
  public void start() {
    // The timer repeats a look-up that fails to start.
    next.set(Duration.ZERO, this::lookUp);
  }

  @Override
  public void move(Discovery.Dns place) {
    boolean sooner = place.refresh().compareTo(dns.refresh()) < 0;
    dns = place;
    if (sooner && next.isSet()) {
      next.set(Duration.ZERO, this::lookUp);
    }
  }

  private void lookUp() {
    CompletableFuture<NodeLookUp.Answer> look;
    try {
      look = new NodeLookUp(client, conf.read(), dns, usual).start();
    } catch (IOException e) {
      look = CompletableFuture.failedFuture(e);
    }
    look.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
        .whenComplete((answer, failure) -> thread.execute(() -> ended(answer, failure)));
  }

  private void ended(NodeLookUp.@Nullable Answer answer, @Nullable Throwable failure) {
    if (closed) {
      return;
    }
    Duration refresh = dns.refresh();
    // First, so that another look-up follows even if the rest fails.
    next.set(failure == null || refresh.compareTo(AGAIN) < 0 ? refresh : AGAIN, this::lookUp);
    if (failure != null) {
      nodes.lost(new Trouble(false, reason(failure)));
    } else if (answer != null) {
      usual = answer.name() == null ? usual : answer.name();
      nodes.found(answer.found());
    }
  }

  private static String reason(Throwable failure) {
    return Printable.line(
        failure instanceof IOException broken
            ? "%s cannot be read: %s".formatted(ResolvConf.FILE, FileException.why(broken))
            : String.valueOf(ServerRotation.failure(failure).getMessage()),
        LONGEST_REASON);
  }

  @Override
  public void close() {
    closed = true;
    next.cancel();
    nodes.close();
  }
}
