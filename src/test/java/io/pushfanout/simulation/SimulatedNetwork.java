package io.pushfanout.simulation;

import com.google.common.net.InetAddresses;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.pushfanout.connect.SimulatedConnector;
import io.pushfanout.lookup.NameCaches;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.security.Security;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The names, the addresses, and the nodes that listen at them. */
final class SimulatedNetwork implements SimulatedConnector.Outside {
  /** The behaviour of a name server towards one name. */
  enum Names {
    ANSWER,
    HANG,
    THROW,
    UNKNOWN
  }

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Scheduler scheduler;
  final CountingAllocator allocator;
  private final Map<String, List<String>> names = new HashMap<>();
  private final Map<String, Names> answers = new HashMap<>();
  private final Map<String, SimulatedNode> listeners = new HashMap<>();
  private final Map<String, Cached> cache = new HashMap<>();
  private final Set<SimulatedChannel> channels = new HashSet<>();
  private final Set<String> dead = new HashSet<>();
  private final long latencyNanos;
  private int buffer = 64 << 10;

  /** An attempt to open a connection; it ends once. */
  private static final class Attempt {
    private final Runnable onOpened;
    private final Consumer<Throwable> onFailure;
    private boolean over;

    Attempt(Runnable onOpened, Consumer<Throwable> onFailure) {
      this.onOpened = onOpened;
      this.onFailure = onFailure;
    }

    void opened() {
      if (!over) {
        over = true;
        onOpened.run();
      }
    }

    void failed(Throwable cause) {
      if (!over) {
        over = true;
        onFailure.accept(cause);
      }
    }
  }

  private record Cached(List<InetAddress> addresses, long untilNanos) {}

  SimulatedNetwork(Scheduler scheduler, CountingAllocator allocator, long latencyNanos) {
    this.scheduler = scheduler;
    this.allocator = allocator;
    this.latencyNanos = latencyNanos;
  }

  void listens(String ip, SimulatedNode node) {
    listeners.put(ip, node);
  }

  void goesAway(String ip) {
    listeners.remove(ip);
  }

  void name(String host, String... ips) {
    names.put(host, List.of(ips));
  }

  void nameServer(String host, Names answer) {
    answers.put(host, answer);
  }

  /** Makes an address dead for the whole history: packets to it are lost. */
  void dead(String ip) {
    dead.add(ip);
  }

  /** Lets all name servers answer. */
  void heal() {
    answers.clear();
  }

  /** Sets the bytes that both kernels buffer for a connection. */
  void buffer(int bytes) {
    buffer = bytes;
  }

  int openChannels() {
    return channels.size();
  }

  static {
    NameCaches.turnOff();
  }

  /** Returns the lifetime of entries in the JDK's name cache, from the security property. */
  private static long cacheNanos(String property, long defaultSeconds) {
    String seconds = Security.getProperty(property);
    return (seconds == null || seconds.isEmpty() ? defaultSeconds : Long.parseLong(seconds))
        * SECOND;
  }

  @Override
  public void lookUp(
      String host,
      EventLoop loop,
      Consumer<List<InetAddress>> onFound,
      Consumer<String> onFailure) {
    Names answer = answers.getOrDefault(host, Names.ANSWER);
    scheduler.trace(host, "is looked up");
    if (answer == Names.THROW) {
      throw new CountingAllocator.NoMemory();
    }
    if (answer == Names.HANG) {
      return;
    }
    Cached cached = cache.get(host);
    if (cached == null || cached.untilNanos - scheduler.elapsed() <= 0) {
      List<String> ips = answer == Names.UNKNOWN ? List.of() : names.getOrDefault(host, List.of());
      List<InetAddress> found = ips.stream().map(InetAddresses::forString).toList();
      long kept =
          found.isEmpty()
              ? cacheNanos("networkaddress.cache.negative.ttl", 10)
              : cacheNanos("networkaddress.cache.ttl", 30);
      cached = new Cached(found, scheduler.elapsed() + kept);
      cache.put(host, cached);
    }
    List<InetAddress> addresses = cached.addresses;
    scheduler.after(
        latencyNanos,
        () ->
            loop.execute(
                () -> {
                  if (addresses.isEmpty()) {
                    onFailure.accept("unknown host " + host);
                  } else {
                    onFound.accept(addresses);
                  }
                }));
  }

  @Override
  public void open(
      InetSocketAddress address,
      EventLoop loop,
      ChannelHandler handler,
      Runnable onOpened,
      Consumer<Throwable> onFailure) {
    SimulatedChannel channel = new SimulatedChannel(address, allocator);
    channels.add(channel);
    Attempt attempt = new Attempt(onOpened, onFailure);
    channel
        .closeFuture()
        .addListener(
            _ -> {
              channels.remove(channel);
              loop.execute(() -> attempt.failed(new ClosedChannelException()));
            });
    channel.pipeline().addLast(handler);
    var _ = loop.register(channel);
    String ip = address.getAddress().getHostAddress();
    scheduler.trace(ip, "is dialled");
    scheduler.after(
        latencyNanos + scheduler.random.nextLong(latencyNanos + 1),
        () -> arrive(ip, channel, loop, attempt));
  }

  private void arrive(String ip, SimulatedChannel channel, EventLoop loop, Attempt attempt) {
    @Nullable SimulatedNode node = listeners.get(ip);
    Manners.Dials dials = node == null ? Manners.Dials.REFUSES : node.manners().dials;
    if (dead.contains(ip)) {
      dials = Manners.Dials.SWALLOWS;
    }
    if (node != null && dials == Manners.Dials.ACCEPTS) {
      Link link = new Link(scheduler, channel, buffer, latencyNanos, node::accept);
      loop.execute(
          () -> {
            if (channel.isOpen()) {
              attempt.opened();
            }
            channel.connected(link);
          });
    } else if (dials == Manners.Dials.REFUSES) {
      IOException refused = new ConnectException("Connection refused: /" + ip);
      loop.execute(
          () -> {
            attempt.failed(refused);
            channel.finished();
          });
    }
  }
}
