package io.pushfanout.simulation;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The network between our end and the node's. Bytes arrive in order, cut anywhere, after a delay; a
 * node that does not read fills the buffers between the ends.
 */
final class Link {
  /** TCP_USER_TIMEOUT of the program: unacknowledged bytes end a silent connection. */
  private static final long USER_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Scheduler scheduler;
  private final SimulatedChannel channel;
  private final ServerConnection server;
  private final int buffer;
  private final long latencyNanos;

  /** Bytes that the node has not read. */
  private int unread;

  private long lastToServer;
  private long lastToClient;

  /** Whether the link is interrupted; bytes sent meanwhile arrive when it heals. */
  private boolean silent;

  private long silentGeneration;
  private final Queue<Runnable> held = new ArrayDeque<>();
  private boolean clientClosed;
  private boolean serverClosed;

  /**
   * @param buffer bytes that the kernels hold between both ends
   */
  Link(
      Scheduler scheduler,
      SimulatedChannel channel,
      int buffer,
      long latencyNanos,
      Function<Link, ServerConnection> accept) {
    this.scheduler = scheduler;
    this.channel = channel;
    this.buffer = buffer;
    this.latencyNanos = latencyNanos;
    this.server = accept.apply(this);
  }

  // ---- our end

  int room() {
    return Math.max(0, buffer - unread);
  }

  void fromClient(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    unread += bytes.length;
    watchSilence();
    toServer(() -> server.received(bytes));
  }

  void closedByClient(boolean reset) {
    if (clientClosed) {
      return;
    }
    clientClosed = true;
    toServer(() -> server.closedByClient(reset));
  }

  private void watchSilence() {
    if (silent) {
      long generation = silentGeneration;
      scheduler.after(
          USER_TIMEOUT_NANOS,
          () -> {
            if (silent && generation == silentGeneration && !clientClosed) {
              channel.eventLoop().execute(() -> channel.reset("Connection timed out"));
            }
          });
    }
  }

  private void toServer(Runnable arrival) {
    lastToServer = Math.max(lastToServer, scheduler.elapsed() + delay());
    scheduler.at(lastToServer, () -> pass(arrival));
  }

  private void pass(Runnable arrival) {
    if (silent) {
      held.add(arrival);
    } else {
      arrival.run();
    }
  }

  private long delay() {
    return latencyNanos / 2 + (latencyNanos < 2 ? 0 : scheduler.random.nextLong(latencyNanos));
  }

  // ---- the node's end

  /** Frees the buffer space of bytes that the node has read. */
  void readByServer(int bytes) {
    unread -= bytes;
    if (!silent) {
      channel.eventLoop().execute(channel::roomAgain);
    }
  }

  void fromServer(byte[] bytes) {
    int from = 0;
    while (from < bytes.length) {
      int left = bytes.length - from;
      int cut =
          left > 1 && scheduler.random.nextInt(4) == 0 ? 1 + scheduler.random.nextInt(left) : left;
      byte[] part = from == 0 && cut == left ? bytes : Arrays.copyOfRange(bytes, from, from + cut);
      toClient(() -> channel.received(part));
      from += cut;
    }
  }

  private void toClient(Runnable arrival) {
    if (serverClosed) {
      return;
    }
    lastToClient = Math.max(lastToClient, scheduler.elapsed() + delay());
    scheduler.at(
        lastToClient,
        () ->
            pass(
                () -> {
                  if (!clientClosed) {
                    channel.eventLoop().execute(arrival);
                  }
                }));
  }

  /** Closes the node's side, in order behind the bytes sent before. */
  void finishedByServer() {
    toClient(channel::finished);
    serverClosed = true;
  }

  /** Resets the connection at once; bytes under way are lost. */
  void resetByServer() {
    if (!serverClosed) {
      toClient(() -> channel.reset("Connection reset by peer"));
      serverClosed = true;
      if (scheduler.random.nextInt(3) == 0) {
        channel.breakWrites("Broken pipe");
      }
    }
  }

  void silent(boolean now) {
    if (silent == now) {
      return;
    }
    silent = now;
    silentGeneration++;
    if (silent) {
      if (unread > 0) {
        watchSilence();
      }
      return;
    }
    while (!held.isEmpty() && !silent) {
      held.remove().run();
    }
    if (!clientClosed) {
      channel.eventLoop().execute(channel::roomAgain);
    }
  }

  ServerConnection server() {
    return server;
  }
}
