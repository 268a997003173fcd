package io.pushfanout.delivery;

import io.pushfanout.model.NodeState;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.StatusCode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/**
 * How a node is doing: its {@link NodeLifecycle}, which its loop alone moves on, and whether its
 * queue shows it to be slow, which the applier's thread looks at. Any thread reads.
 */
public final class NodeHealth {
  private static final double SLOW_FROM = 0.50;
  private static final double SLOW_UNTIL = 0.25;

  private volatile NodeLifecycle life;

  /** Guarded by this object's lock, as is what follows. */
  private boolean slow;

  /**
   * Since when the queue has been saying the opposite of {@link #slow}; looked at while it does.
   */
  private long contradictedSinceNanos;

  private boolean contradicted;

  public NodeHealth(long nowNanos) {
    life = NodeLifecycle.begin(nowNanos);
  }

  NodeLifecycle life() {
    return life;
  }

  // ---- the node's loop

  void connected(long nowNanos) {
    move(now -> now.connected(nowNanos));
  }

  /** The connection has ended in good order, and the next is dialled. */
  void replacing(long nowNanos) {
    move(now -> now.replacing(nowNanos));
  }

  void disconnected(long nowNanos, boolean isDialled, String why) {
    move(now -> now.disconnected(nowNanos, isDialled, why));
  }

  /** So many deliveries have ended. */
  void ended(Evidence evidence, StatusCode code, String detail, int count, long nowNanos) {
    NodeLifecycle before = life;
    NodeLifecycle after = before.ended(evidence, code, detail, count, nowNanos);
    if (!after.equals(before)) {
      move(_ -> after);
    }
  }

  /** The node has answered something beside deliveries. */
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
   * Takes note of how full the queue is now.
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

  /** Since when it has been connected, or has not been. */
  public long connectionChangedNanos() {
    return life.sinceNanos();
  }

  /** Whether it is connected, or somebody tries to. */
  public boolean isDialled() {
    return life.isDialled();
  }

  /** What is wrong with it although it has a connection. */
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

  /** Why it is not connected; empty when it is. */
  public String detail() {
    return life.detail();
  }
}
