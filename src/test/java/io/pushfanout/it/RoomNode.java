package io.pushfanout.it;

import static java.util.Objects.requireNonNull;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.pushfanout.protocol.v1.InterestGrpc;
import io.pushfanout.protocol.v1.RoomsApplied;
import io.pushfanout.protocol.v1.RoomsUpdate;
import io.pushfanout.tools.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A connect-node in this process whose users come and go. The node lists the users' rooms, and
 * confirms a user when each connected process has applied the room.
 */
final class RoomNode implements AutoCloseable {
  /** Time for which a process with a lost stream counts as one that has not applied. */
  private static final long LOST_NANOS = Duration.ofSeconds(10).toNanos();

  private static final long HEARTBEAT_NANOS = Duration.ofSeconds(2).toNanos();

  /** Time after a start in which the ends of old connections have arrived everywhere. */
  private static final long SETTLING_NANOS = Duration.ofMillis(500).toNanos();

  private final EventLoopGroup loops;
  private final RoomNodeMessages messages = new RoomNodeMessages();
  private final boolean streaming;
  private Server server;
  private final Map<String, Held> rooms = new HashMap<>();
  private final Set<RoomUser> users = new HashSet<>();
  private final List<RoomUser> unconfirmed = new ArrayList<>();
  private final List<Stream> streams = new ArrayList<>();

  /** Rooms with a first or last user since the last batch. */
  private final Set<String> touched = new HashSet<>();

  /** Rooms whose last user has left since the last batch. */
  private final Set<String> left = new HashSet<>();

  /** Number of the last batch of changes that went to the streams. */
  private long batch;

  private long lostNanos = System.nanoTime() - LOST_NANOS;
  private long startedNanos;

  /** A room of this node. */
  private static final class Held {
    private final long batch;
    private int users;

    private Held(long batch) {
      this.batch = batch;
    }
  }

  RoomNode(EventLoopGroup loops, boolean streaming) {
    this.loops = loops;
    this.streaming = streaming;
    server = start(Ports.free());
    startedNanos = System.nanoTime() - SETTLING_NANOS;
  }

  private Server start(int port) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .channelType(NioServerSocketChannel.class)
            .directExecutor()
            .addService(messages.calls())
            .addService(interest());
    if (streaming) {
      builder.addService(messages.streams());
    }
    try {
      return builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String address() {
    return "127.0.0.1:" + server.getPort();
  }

  RoomNodeMessages messages() {
    return messages;
  }

  synchronized int openStreams() {
    return streams.size();
  }

  // ---- users

  /** Adds a user, unless the node has just started. */
  synchronized void join(RoomUser user) {
    if (server.isShutdown() || System.nanoTime() - startedNanos < SETTLING_NANOS) {
      return;
    }
    Held held = rooms.get(user.room());
    if (held == null) {
      held = new Held(batch + 1);
      rooms.put(user.room(), held);
      touched.add(user.room());
    }
    held.users++;
    user.awaits(held.batch);
    users.add(user);
    unconfirmed.add(user);
  }

  /** Removes a user, unless the user has gone with a restart. */
  synchronized void leave(RoomUser user) {
    if (!users.remove(user)) {
      return;
    }
    user.leaves();
    unconfirmed.remove(user);
    Held held = requireNonNull(rooms.get(user.room()));
    if (--held.users == 0) {
      rooms.remove(user.room());
      touched.add(user.room());
      left.add(user.room());
    }
  }

  /** Sends the changes since the last batch. */
  synchronized void turn(long nowNanos) {
    batch++;
    List<String> joined = touched.stream().filter(rooms::containsKey).toList();
    for (Stream stream : streams) {
      stream.changed(nowNanos, joined, left);
    }
    touched.clear();
    left.clear();
    confirm();
  }

  private void confirm() {
    long now = System.nanoTime();
    if (unconfirmed.isEmpty() || now - lostNanos < LOST_NANOS) {
      return;
    }
    long applied = streams.stream().mapToLong(stream -> stream.appliedBatch).min().orElse(batch);
    unconfirmed.removeIf(user -> user.confirm(applied));
  }

  // ---- faults

  /** Cancels all streams of rooms; connections and deliveries go on. */
  synchronized void cutStreams() {
    for (Stream stream : List.copyOf(streams)) {
      stream.lost();
      stream.updates.onError(Status.UNAVAILABLE.asRuntimeException());
    }
  }

  /** Ends the node with its users and its connections, and starts an empty one at its address. */
  void restart() throws InterruptedException {
    int port = server.getPort();
    synchronized (this) {
      users.forEach(RoomUser::leaves);
      users.clear();
      unconfirmed.clear();
      rooms.clear();
      touched.clear();
      left.clear();
      streams.clear();
      server.shutdownNow();
    }
    if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the node has not ended");
    }
    Ports.awaitFree(port);
    synchronized (this) {
      startedNanos = System.nanoTime();
      lostNanos = startedNanos - LOST_NANOS;
    }
    // The start waits for the loop, which may wait for this node's lock.
    Server next = start(port);
    synchronized (this) {
      server = next;
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  // ---- streams of rooms

  private BindableService interest() {
    return new InterestGrpc.InterestImplBase() {
      @Override
      public StreamObserver<RoomsApplied> rooms(StreamObserver<RoomsUpdate> updates) {
        return open(updates);
      }
    };
  }

  private synchronized Stream open(StreamObserver<RoomsUpdate> updates) {
    Stream stream = new Stream(updates);
    streams.add(stream);
    List<String> all = List.copyOf(rooms.keySet());
    int half = all.size() / 2;
    stream.send(RoomsUpdate.newBuilder().setReset(true).addAllJoin(all.subList(0, half)));
    stream.send(
        RoomsUpdate.newBuilder().addAllJoin(all.subList(half, all.size())).setComplete(true));
    stream.sent.put(stream.version, batch);
    return stream;
  }

  /** The stream of one process. */
  private final class Stream implements StreamObserver<RoomsApplied> {
    private final StreamObserver<RoomsUpdate> updates;
    private long version;
    private long sentNanos = System.nanoTime();

    /** Last batch in an update, by the update's number. */
    private final Map<Long, Long> sent = new HashMap<>();

    private long appliedVersion;
    private long appliedBatch = -1;

    private Stream(StreamObserver<RoomsUpdate> updates) {
      this.updates = updates;
    }

    private void send(RoomsUpdate.Builder update) {
      updates.onNext(update.setVersion(++version).build());
    }

    private void changed(long nowNanos, List<String> joined, Set<String> left) {
      if (!joined.isEmpty() || !left.isEmpty() || nowNanos - sentNanos > HEARTBEAT_NANOS) {
        sentNanos = nowNanos;
        send(RoomsUpdate.newBuilder().addAllJoin(joined).addAllLeave(left));
        sent.put(version, batch);
      } else if (appliedVersion == version) {
        appliedBatch = batch;
      }
    }

    private void lost() {
      if (streams.remove(this)) {
        lostNanos = System.nanoTime();
      }
    }

    @Override
    public void onNext(RoomsApplied applied) {
      synchronized (RoomNode.this) {
        for (; appliedVersion < applied.getVersion(); appliedVersion++) {
          Long carried = sent.remove(appliedVersion + 1);
          appliedBatch = carried == null ? appliedBatch : carried;
        }
        confirm();
      }
    }

    @Override
    public void onError(Throwable t) {
      synchronized (RoomNode.this) {
        lost();
      }
    }

    @Override
    public void onCompleted() {
      synchronized (RoomNode.this) {
        if (streams.remove(this)) {
          updates.onCompleted();
        }
        confirm();
      }
    }
  }
}
