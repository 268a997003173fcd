package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.queue.QueuedMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Delivers a few messages as soon as it is connected for the first time, and holds each to exactly
 * one end.
 */
final class FuzzedEngine implements NodeConnection.Listener {
  private final NodeConnection connection;
  private final int messages;
  private final Duration timeout;

  /** Number of deliveries that could start; none if the first dial failed. */
  private final CompletableFuture<Integer> started = new CompletableFuture<>();

  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private final QueuedMessage last =
      QueuedMessage.alone(new Payload(Rpc.BROADCAST, new byte[0]), 0, 0);
  private final CompletableFuture<StatusCode> served = new CompletableFuture<>();

  // Ends of each delivery. Used on the loop only.
  private final Map<QueuedMessage, Integer> ends = new HashMap<>();
  private int open;
  private boolean closed;
  private boolean again;

  FuzzedEngine(NettyConnector connector, NodeAddress node, int messages, Duration timeout) {
    this.messages = messages;
    this.timeout = timeout;
    connection = connector.open(node, () -> "party", TlsChoice.PLAINTEXT, this);
    connection.loop().execute(connection::start);
  }

  int awaitStarted() throws Exception {
    return started.get(10, TimeUnit.SECONDS);
  }

  /** Waits until the end of each delivery was reported. */
  void awaitEnds() throws Exception {
    ended.get(timeout.toMillis() + 5_000, TimeUnit.MILLISECONDS);
  }

  /** One more message, to the next node that connects; that one is to be good. */
  void deliverAgain() throws Exception {
    connection.loop().submit(() -> again = true).get(10, TimeUnit.SECONDS);
  }

  boolean isServed() {
    return served.isDone();
  }

  void awaitServed() throws Exception {
    assertThat(served.get(10, TimeUnit.SECONDS)).isEqualTo(StatusCode.OK);
  }

  void reconnectNow() {
    connection.loop().execute(connection::reconnectNow);
  }

  /** Ends it, and fails for any delivery without exactly one end. */
  void close() throws Exception {
    connection
        .loop()
        .submit(
            () -> {
              connection.close();
              closed = true;
              ends.forEach(
                  (_, times) -> {
                    if (times != 1) {
                      throw new AssertionError("a delivery has ended " + times + " times");
                    }
                  });
            })
        .get(10, TimeUnit.SECONDS);
  }

  @Override
  public void onConnected(int concurrency) {
    if (again) {
      again = false;
      connection.deliver(last, Duration.ofSeconds(20).toNanos());
      connection.flush();
    }
    if (started.isDone()) {
      return;
    }
    for (int i = 0; i < messages && connection.available(); i++) {
      var message = QueuedMessage.alone(new Payload(Rpc.BROADCAST, new byte[i * 100]), 0, i);
      ends.put(message, 0);
      open++;
      connection.deliver(message, timeout.toNanos());
    }
    connection.flush();
    started.complete(ends.size());
    endIfNoneIsOpen();
  }

  @Override
  public void onDisconnected(String why, boolean orderly) {
    if (why.isEmpty() || why.contains("\n")) {
      throw new AssertionError("no reason for people: " + why);
    }
    started.complete(0);
    endIfNoneIsOpen();
  }

  private void endIfNoneIsOpen() {
    if (open == 0) {
      ended.complete(null);
    }
  }

  private void end(QueuedMessage message) {
    if (closed) {
      throw new AssertionError("heard after close");
    }
    ends.merge(message, 1, Integer::sum);
    open--;
    endIfNoneIsOpen();
  }

  @Override
  public void onConcurrency(int concurrency) {}

  @Override
  public void onNotDialled(String why) {
    throw new AssertionError(why);
  }

  @Override
  public void onAvailable() {}

  @Override
  public void onRoutingLoop() {}

  @Override
  public void onCompleted(
      QueuedMessage message, Evidence evidence, StatusCode code, String detail) {
    if (message == last) {
      served.complete(code);
    } else {
      end(message);
    }
  }

  @Override
  public void onUnprocessed(QueuedMessage message, Evidence evidence) {
    end(message);
  }
}
