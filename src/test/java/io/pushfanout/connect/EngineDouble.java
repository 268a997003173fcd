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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The engine's place on a connection, in the hands of a test. Each event is a line of text, in
 * order, such as {@code "connected 100"} or {@code "completed 1 OK"}; messages count from 1.
 */
final class EngineDouble implements NodeConnection.Listener {
  static final Duration LONG = Duration.ofSeconds(30);

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final Map<QueuedMessage, Integer> numbers = new HashMap<>();
  private final NodeConnection connection;
  private boolean delivering;
  private volatile @Nullable Evidence lastEvidence;

  EngineDouble(EventLoops loops, NodeAddress node, NettyConnector.Options options)
      throws Exception {
    this(connector(loops, options), node);
  }

  EngineDouble(NettyConnector connector, NodeAddress node) throws Exception {
    this(connector, node, TlsChoice.PLAINTEXT);
  }

  EngineDouble(NettyConnector connector, NodeAddress node, TlsChoice tls) throws Exception {
    connection = connector.open(node, () -> "party", tls, this);
    onLoop(
        () -> {
          connection.start();
          return null;
        });
  }

  /** Returns a connector for nodes in plaintext, on this machine's network. */
  static NettyConnector connector(EventLoops loops, NettyConnector.Options options) {
    return new NettyConnector(
        loops.group()::next, options, NettyConnector.network(loops, 0), TlsProfiles.NONE);
  }

  /** Returns the next event. */
  String next() throws InterruptedException {
    String event = heard.poll(10, TimeUnit.SECONDS);
    assertThat(event).as("nothing heard for 10 s").isNotNull();
    return event;
  }

  /** Returns the evidence of the last end of a delivery. */
  @Nullable Evidence lastEvidence() {
    return lastEvidence;
  }

  boolean heardNothingMore() {
    return heard.isEmpty();
  }

  /** Starts a delivery, and puts it on the wire. */
  void deliver(byte[] bytes, Duration timeout) throws Exception {
    deliver(new Payload(Rpc.BROADCAST, bytes), timeout);
  }

  /** Starts a delivery, and puts it on the wire. */
  void deliver(Payload payload, Duration timeout) throws Exception {
    onLoop(
        () -> {
          deliverUnflushed(payload, timeout);
          connection.flush();
          return null;
        });
  }

  void deliver(String text) throws Exception {
    deliver(text.getBytes(StandardCharsets.UTF_8), LONG);
  }

  /** Delivers without a flush. Must be called on the loop. */
  void deliverUnflushed(byte[] bytes, Duration timeout) {
    deliverUnflushed(new Payload(Rpc.BROADCAST, bytes), timeout);
  }

  private void deliverUnflushed(Payload payload, Duration timeout) {
    QueuedMessage message = QueuedMessage.alone(payload, System.nanoTime(), numbers.size());
    numbers.put(message, numbers.size() + 1);
    delivering = true;
    connection.deliver(message, timeout.toNanos());
    delivering = false;
  }

  boolean available() throws Exception {
    return onLoop(connection::available);
  }

  void reconnectNow() throws Exception {
    onLoop(
        () -> {
          connection.reconnectNow();
          return null;
        });
  }

  void setTls(TlsChoice tls) throws Exception {
    onLoop(
        () -> {
          connection.setTls(tls);
          return null;
        });
  }

  NodeConnection connection() {
    return connection;
  }

  <T> T onLoop(Callable<T> task) throws Exception {
    return connection.loop().submit(task).get(10, TimeUnit.SECONDS);
  }

  void close() throws Exception {
    onLoop(
        () -> {
          connection.close();
          return null;
        });
  }

  private void hear(String event) {
    heard.add(delivering ? "within deliver: " + event : event);
  }

  @Override
  public void onConnected(int concurrency) {
    hear("connected " + concurrency);
  }

  @Override
  public void onConcurrency(int concurrency) {
    hear("concurrency " + concurrency);
  }

  @Override
  public void onDisconnected(String why, boolean orderly) {
    hear((orderly ? "replaced: " : "disconnected: ") + why);
  }

  @Override
  public void onNotDialled(String why) {
    hear("not dialled: " + why);
  }

  @Override
  public void onAvailable() {
    hear("available");
  }

  @Override
  public void onRoutingLoop() {
    hear("loop");
  }

  @Override
  public void onCompleted(
      QueuedMessage message, Evidence evidence, StatusCode code, String detail) {
    lastEvidence = evidence;
    hear(
        "completed " + numbers.get(message) + " " + code + (detail.isEmpty() ? "" : ": " + detail));
  }

  @Override
  public void onUnprocessed(QueuedMessage message, Evidence evidence) {
    lastEvidence = evidence;
    hear("unprocessed " + numbers.get(message));
  }
}
