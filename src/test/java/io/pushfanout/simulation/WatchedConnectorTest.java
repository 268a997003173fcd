package io.pushfanout.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.InterestStream;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.model.DeliveryTarget;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.queue.QueuedMessage;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Connections that break their contract, and the violations that the connector reports. */
class WatchedConnectorTest {
  private static final NodeAddress NODE = new NodeAddress("10.0.0.1", 1);

  private final Scheduler scheduler = new Scheduler(1);
  private final SimulatedLoop loop = scheduler.newLoop("io");
  private final Node node = new Node();
  private final WatchedConnector connector =
      new WatchedConnector(
          (_, _, _, listener) -> {
            node.listener = listener;
            return node;
          },
          scheduler);
  private final NodeConnection connection =
      connector.open(NODE, () -> "party", TlsChoice.PLAINTEXT, new Engine());
  private final QueuedMessage message =
      QueuedMessage.alone(new Payload(Rpc.BROADCAST, new byte[8]), 0, 0);

  private void onLoop(Runnable task) {
    loop.onThrown(
        e -> {
          throw new IllegalStateException(e);
        });
    loop.execute(task);
    scheduler.runUntil(scheduler.elapsed());
  }

  private static void breaks(Invariant invariant, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Violation.class, v -> assertThat(v.invariant()).isEqualTo(invariant));
  }

  @Test
  void aDeliveryEndsOnce() {
    onLoop(() -> connection.deliver(message, 1));
    onLoop(() -> node.listener().onCompleted(message, Evidence.PRESENT, StatusCode.OK, ""));

    breaks(
        Invariant.CALLBACK_COMES_ONCE,
        () ->
            onLoop(
                () -> node.listener().onCompleted(message, Evidence.PRESENT, StatusCode.OK, "")));
  }

  @Test
  void nothingComesAfterTheEnd() {
    onLoop(connection::close);

    breaks(Invariant.CALLBACK_COMES_ONCE, () -> onLoop(() -> node.listener().onConnected(1)));
  }

  @Test
  void aDeliveryThatIsOpenIsNoneAfterClose() {
    onLoop(() -> connection.deliver(message, 1));

    breaks(Invariant.CALLBACK_COMES_ONCE, () -> onLoop(connection::close));
  }

  @Test
  void aCallbackComesOnItsLoop() {
    breaks(Invariant.CALLBACK_COMES_ON_ITS_LOOP, () -> node.listener().onConnected(1));
  }

  @Test
  void aDeliveryThatDoesNotEndIsSeen() {
    onLoop(() -> connection.deliver(message, 1));
    scheduler.runUntil(5_000 * Simulation.MILLI);

    assertThat(connector.oldestNanos()).isGreaterThan(4_000 * Simulation.MILLI);
  }

  private final class Node implements NodeConnection {
    private NodeConnection.Listener listener = new Engine();

    NodeConnection.Listener listener() {
      return listener;
    }

    @Override
    public ScheduledExecutorService loop() {
      return loop;
    }

    @Override
    public void start() {}

    @Override
    public void reconnectNow() {}

    @Override
    public void setTls(TlsChoice tls) {}

    @Override
    public void target(@Nullable DeliveryTarget target) {}

    @Override
    public boolean available() {
      return true;
    }

    @Override
    public void deliver(QueuedMessage delivered, long timeoutNanos) {}

    @Override
    public InterestStream openInterest(InterestStream.Listener of) {
      throw new UnsupportedOperationException();
    }

    @Override
    public NodeStream openStream(NodeStream.Listener of) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<QueuedMessage> reset() {
      return List.of();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static final class Engine implements NodeConnection.Listener {
    @Override
    public void onConnected(int concurrency) {}

    @Override
    public void onConcurrency(int concurrency) {}

    @Override
    public void onDisconnected(String why, boolean orderly) {}

    @Override
    public void onNotDialled(String why) {}

    @Override
    public void onAvailable() {}

    @Override
    public void onRoutingLoop() {}

    @Override
    public void onCompleted(
        QueuedMessage message, Evidence evidence, StatusCode code, String detail) {}

    @Override
    public void onUnprocessed(QueuedMessage message, Evidence evidence) {}
  }
}
