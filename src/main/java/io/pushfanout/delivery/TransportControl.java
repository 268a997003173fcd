package io.pushfanout.delivery;

import io.pushfanout.queue.MessageQueue;
import io.pushfanout.queue.TransportMode;
import java.util.function.LongSupplier;

/**
 * The control of one node's transport: applies the presence that {@link NodeMonitor} finds, and the
 * mode that {@link StreamingNegotiation} decides on, to the queue and to both dispatchers. Used on
 * the node's loop only.
 */
final class TransportControl implements NodeMonitor.Listener, StreamingNegotiation.Listener {
  private final MessageQueue queue;
  private final NodeHealth health;
  private final CallDispatcher calls;
  private final StreamDispatcher streams;
  private final Runnable onSettled;
  private final NodeMonitor monitor;
  private final StreamingNegotiation negotiation;

  TransportControl(
      Dispatcher deliveries,
      NodeConnection connection,
      CallDispatcher calls,
      StreamDispatcher streams,
      NodeLog log,
      LongSupplier nanoClock) {
    this.queue = deliveries.queue();
    this.health = deliveries.health();
    this.calls = calls;
    this.streams = streams;
    this.onSettled = deliveries::settled;
    this.monitor = new NodeMonitor(health, log, queue, connection.loop(), nanoClock, this);
    this.negotiation = new StreamingNegotiation(connection, deliveries::settings, nanoClock, this);
  }

  NodeMonitor monitor() {
    return monitor;
  }

  StreamingNegotiation negotiation() {
    return negotiation;
  }

  // ---- the connection

  void connected(int concurrency) {
    monitor.connected(concurrency);
    streams.connected();
    negotiation.connected();
  }

  /** Recomputes the mode and finishes surplus streams. */
  void recompute() {
    negotiation.decide();
    streams.finishEnded();
  }

  void replacing(String why) {
    monitor.replacing(why);
    negotiation.replacing();
    streams.finishEnded();
    onSettled.run();
  }

  /**
   * @param dialled whether the node is being dialled again
   */
  void disconnected(boolean dialled, String why) {
    monitor.disconnected(dialled, why);
    negotiation.disconnected();
    streams.finishEnded();
    onSettled.run();
  }

  void close() {
    monitor.close();
    negotiation.replacing();
  }

  // ---- presence

  @Override
  public void onAbsent() {
    calls.giveBackAll();
    streams.endBackoffs();
    streams.finishEnded();
  }

  @Override
  public void onProbe() {
    streams.endPause();
    if (isIdle()) {
      negotiation.probe();
    }
  }

  @Override
  public void onPresent() {
    negotiation.onPresent();
  }

  @Override
  public void onProbeEnded(Evidence evidence) {
    if (evidence == Evidence.PRESENT && isIdle()) {
      monitor.seen();
    } else if (health.life().isAbsent()) {
      monitor.notSeen();
    }
  }

  /** Returns whether no message waits that could be a probe. */
  private boolean isIdle() {
    return queue.load().waiting() == 0;
  }

  // ---- mode

  @Override
  public void onDecided(TransportMode decided, boolean trial) {
    queue.deliverBy(decided, trial);
    if (decided == TransportMode.STREAMING) {
      calls.resendAll();
    }
    streams.finishEnded();
    onSettled.run();
  }
}
