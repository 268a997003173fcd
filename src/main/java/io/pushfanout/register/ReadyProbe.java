package io.pushfanout.register;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.text.DurationFormat;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A probe of a TCP port, repeated until the port accepts a connection. */
final class ReadyProbe {
  private static final Logger log = LoggerFactory.getLogger(ReadyProbe.class);
  private static final int CONNECT_MILLIS = 1000;
  private static final long PAUSE_MILLIS = 50;
  private static final Duration NEWS = Duration.ofSeconds(5);

  private final NodeAddress address;
  private final Duration limit;

  ReadyProbe(NodeAddress address, Duration limit) {
    this.address = address;
    this.limit = limit;
  }

  /**
   * Waits for the first connection, and logs every 5 s that there is none.
   *
   * @param over ends the wait
   * @return whether the port accepted a connection; false at an earlier end of {@code over}
   * @throws ProgramException at the time limit
   */
  boolean await(CompletableFuture<?> over) throws ProgramException, InterruptedException {
    log.info("waiting until {} accepts connections", address);
    long start = System.nanoTime();
    long lastNews = start;
    while (!over.isDone()) {
      if (accepts()) {
        return true;
      }
      long now = System.nanoTime();
      if (now - start >= limit.toNanos()) {
        throw new ProgramException(
            ProgramException.NOT_READY,
            "%s: no connection was accepted within %s of the start (--ready-timeout)"
                .formatted(address, DurationFormat.format(limit)));
      }
      if (now - lastNews >= NEWS.toNanos()) {
        lastNews = now;
        long seconds = TimeUnit.NANOSECONDS.toSeconds(now - start);
        log.info("{} accepts no connection yet, {} s after the start", address, seconds);
      }
      pause(over);
    }
    return false;
  }

  private boolean accepts() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.host(), address.port()), CONNECT_MILLIS);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static void pause(CompletableFuture<?> over) throws InterruptedException {
    try {
      over.get(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException _) {
      // The loop reads the state of the future.
    }
  }
}
