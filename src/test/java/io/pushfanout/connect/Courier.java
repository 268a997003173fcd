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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * An engine that delivers its messages, a fixed number at a time. It repeats unprocessed
 * deliveries, and holds each delivery to exactly one end.
 */
final class Courier implements NodeConnection.Listener {
  /** The end of a delivery. */
  record End(StatusCode code, String detail) {}

  private record Parcel(QueuedMessage message, Duration timeout, CompletableFuture<End> end) {}

  private final int concurrency;
  private final NodeConnection connection;
  private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();

  // Messages to deliver. Used on the loop only.
  private final Deque<Parcel> waiting = new ArrayDeque<>();
  private final Map<QueuedMessage, Parcel> inFlight = new HashMap<>();

  Courier(NettyConnector connector, NodeAddress node, TlsChoice tls, int concurrency) {
    this.concurrency = concurrency;
    connection = connector.open(node, () -> "party", tls, this);
    connection.loop().execute(connection::start);
  }

  CompletableFuture<End> deliver(Rpc rpc, byte[] body, Duration timeout) {
    var end = new CompletableFuture<End>();
    var message = QueuedMessage.alone(new Payload(rpc, body), 0, 0);
    connection
        .loop()
        .execute(
            () -> {
              waiting.add(new Parcel(message, timeout, end));
              pump();
            });
    return end;
  }

  /** Delivers and waits for the end. */
  End deliverNow(byte[] body, Duration timeout) throws Exception {
    return deliver(Rpc.BROADCAST, body, timeout).get(30, TimeUnit.SECONDS);
  }

  List<CompletableFuture<End>> deliverAll(List<byte[]> bodies) {
    return bodies.stream()
        .map(body -> deliver(Rpc.BROADCAST, body, Duration.ofSeconds(30)))
        .toList();
  }

  /** Returns the events that should not have happened. */
  List<String> violations() {
    return List.copyOf(violations);
  }

  private void pump() {
    while (inFlight.size() < concurrency && !waiting.isEmpty() && connection.available()) {
      Parcel parcel = waiting.removeFirst();
      inFlight.put(parcel.message(), parcel);
      connection.deliver(parcel.message(), parcel.timeout().toNanos());
    }
    connection.flush();
  }

  @Override
  public void onConnected(int nodesConcurrency) {
    pump();
  }

  @Override
  public void onConcurrency(int nodesConcurrency) {}

  @Override
  public void onDisconnected(String why, boolean orderly) {}

  @Override
  public void onNotDialled(String why) {}

  @Override
  public void onAvailable() {
    pump();
  }

  @Override
  public void onRoutingLoop() {
    violations.add("a loop of a node that is none");
  }

  @Override
  public void onCompleted(
      QueuedMessage message, Evidence evidence, StatusCode code, String detail) {
    Parcel parcel = inFlight.remove(message);
    if (parcel == null) {
      violations.add("completed " + code + " " + detail + " without being in flight");
    } else {
      parcel.end().complete(new End(code, detail));
    }
    pump();
  }

  @Override
  public void onUnprocessed(QueuedMessage message, Evidence evidence) {
    Parcel parcel = inFlight.remove(message);
    if (parcel == null) {
      violations.add("given back without being in flight");
    } else {
      waiting.addFirst(parcel);
    }
    pump();
  }

  /** Closes the connection, and fails for events that should not have happened. */
  void close() throws Exception {
    connection.loop().submit(connection::close).get(10, TimeUnit.SECONDS);
    assertThat(violations()).isEmpty();
  }
}
