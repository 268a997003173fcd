package io.pushfanout.delivery;

import io.pushfanout.model.NodeState;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.StatusCode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/**
 * The health of one node: its {@link NodeLifecycle}, and whether the node is slow by the fill of
 * its queue. The node's loop alone moves the lifecycle on; the applier's thread observes the queue;
 * any thread reads.
 */
public final class NodeHealth {
  private static final double SLOW_FROM = 0.50;
  private static final double SLOW_UNTIL = 0.25;

  private volatile NodeLifecycle life;

  /** Whether the node is slow. Guarded by this object's lock, like the next three fields. */
  private boolean slow;

  /**
   * Start of the time in which the queue has contradicted {@link #slow}, in nanoseconds; valid
   * while it does.
   */
  private long contradictedSinceNanos;

  private boolean contradicted;

  /** Start of the time that {@link #slow} is about, in nanoseconds. */
  private long slowChangedNanos;

  public NodeHealth(long nowNanos) {
    life = NodeLifecycle.begin(nowNanos);
    slowChangedNanos = nowNanos;
  }

  NodeLifecycle life() {
    return life;
  }

  // ---- the node's loop

  void connected(long nowNanos) {
    move(now -> now.connected(nowNanos));
  }

  /** Records the orderly end of a connection; the next one is being dialled. */
  void replacing(long nowNanos) {
    move(now -> now.replacing(nowNanos));
  }

  void disconnected(long nowNanos, boolean isDialled, String why) {
    move(now -> now.disconnected(nowNanos, isDialled, why));
  }

  /** Records the end of deliveries. */
  void ended(Evidence evidence, StatusCode code, String detail, int count, long nowNanos) {
    NodeLifecycle before = life;
    NodeLifecycle after = before.ended(evidence, code, detail, count, nowNanos);
    if (!after.equals(before)) {
      move(_ -> after);
    }
  }

  /** Records an answer of the node outside of deliveries. */
  void seen() {
    move(NodeLifecycle::seen);
  }

  private void move(UnaryOperator<NodeLifecycle> event) {
    NodeLifecycle after = event.apply(life);
    life = after;
    if (!after.isConnected()) {
      notSlow();
    }
  }

  private synchronized void notSlow() {
    slow = false;
    contradicted = false;
  }

  // ---- the applier's thread

  /**
   * Records how full the queue is now.
   *
   * @param fill 0 is empty, 1 full
   */
  public synchronized void observe(long nowNanos, double fill) {
    boolean contradicts = isConnected() && (slow ? fill < SLOW_UNTIL : fill >= SLOW_FROM);
    if (contradicts && !contradicted) {
      contradictedSinceNanos = nowNanos;
    }
    contradicted = contradicts;
    if (contradicted && nowNanos - contradictedSinceNanos >= NodeLifecycle.PATIENCE_NANOS) {
      slow = !slow;
      slowChangedNanos = contradictedSinceNanos;
      contradicted = false;
    }
  }

  // ---- any thread

  public NodeState state(long nowNanos) {
    NodeState state = life.state(nowNanos);
    return state == NodeState.CONNECTED && isSlow() ? NodeState.SLOW : state;
  }

  private synchronized boolean isSlow() {
    return slow;
  }

  public boolean isConnected() {
    return life.isConnected();
  }

  public OptionalLong connectedSince() {
    NodeLifecycle now = life;
    return now.isConnected() ? OptionalLong.of(now.sinceNanos()) : OptionalLong.empty();
  }

  /** Returns the time of the last change between connected and not connected, in nanoseconds. */
  public long connectionChangedNanos() {
    return life.sinceNanos();
  }

  /**
   * Returns the begin of the node's state in nanoseconds: the loss of the connection for a node
   * that is not connected, else the connection, or the later change of the queue's fill.
   */
  public synchronized long stateSinceNanos() {
    long linkNanos = life.sinceNanos();
    return life.isConnected() && slowChangedNanos - linkNanos > 0 ? slowChangedNanos : linkNanos;
  }

  /** Returns whether the node is connected or being dialled. */
  public boolean isDialled() {
    return life.isDialled();
  }

  /** Returns the troubles of the node besides a missing connection. */
  public List<NodeTrouble> troubles(long nowNanos) {
    NodeLifecycle now = life;
    List<NodeTrouble> troubles = new ArrayList<>();
    NodeLifecycle.Failures failures = now.failures();
    if (failures.failing() && now.isConnected()) {
      String text = failures.text().isEmpty() ? "" : " " + failures.text();
      troubles.add(new NodeTrouble(ProblemReason.FAILING, failures.code() + text));
    }
    if (now.isFlapping(nowNanos)) {
      troubles.add(
          new NodeTrouble(
              ProblemReason.FLAPPING,
              "its last %d connections lived for less than 5 s each".formatted(now.shortLived())));
    }
    return troubles;
  }

  /** Returns why the node is not connected; empty when it is. */
  public String detail() {
    return life.detail();
  }

  /**
   * A trouble of a node besides a missing connection.
   *
   * @param message one line for people
   */
  public record NodeTrouble(ProblemReason reason, String message) {}
}
