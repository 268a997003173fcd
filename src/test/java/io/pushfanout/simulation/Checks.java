package io.pushfanout.simulation;

import static io.pushfanout.simulation.Simulation.MILLI;

import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.queue.NodeLedger;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the invariants of any moment ten times in each second of a history. */
final class Checks {
  static final long LOOK_NANOS = 100 * MILLI;

  /** Margin in nanoseconds for the applier's period and for rounding. */
  private static final long MARGIN_NANOS = 300 * MILLI;

  private static final long UNREACHABLE_NANOS = 5_000 * MILLI + MARGIN_NANOS;
  private static final long REPORTED_NANOS = 6_000 * MILLI;
  private static final long SERVED_NANOS = 1_000 * MILLI;
  private static final long QUIET_NANOS = 9_000 * MILLI;
  private static final int BYTES_OF_A_CONNECTION = 256 << 10;

  private final Simulation simulation;
  private final LogWatch log;
  private final Map<NodeAddress, Seen> seen = new HashMap<>();
  private int looks;
  private int undecided;

  /** The state of a node at earlier checks. */
  private static final class Seen {
    long disconnectedSince = -1;
    long heldSince = -1;
    long fullSince = -1;
    long settled = -1;

    // Counts at the beginning of absence: failed messages and messages in flight.
    long failedBefore = -1;
    long inFlightBefore;
    long absentSince = -1;
  }

  Checks(Simulation simulation, LogWatch log) {
    this.simulation = simulation;
    this.log = log;
  }

  @SuppressWarnings("AnnotateFormatMethod") // the project does not depend on that annotation
  static void require(boolean holds, Invariant invariant, String text, @Nullable Object... values) {
    if (!holds) {
      throw new Violation(invariant, text.formatted(values));
    }
  }

  private long now() {
    return simulation.scheduler.elapsed();
  }

  private boolean also(Invariant invariant) {
    return simulation.script.also.contains(invariant);
  }

  void look() {
    looks++;
    log.check();
    List<FanoutSnapshot> fanouts = simulation.snapshot();
    Set<NodeAddress> present = new HashSet<>();
    for (FanoutSnapshot fanout : fanouts) {
      for (NodeSnapshot node : fanout.nodes()) {
        present.add(node.address());
        look(fanout, node);
      }
    }
    seen.keySet().retainAll(present);
    deliveriesEnd();
    answers();
    buffers();
    if (also(Invariant.QUIET_STREAM_IS_ENDED)) {
      quietStreams();
    }
    if (also(Invariant.CONNECTION_HOLDS_LITTLE) && looks % 5 == 0) {
      held();
    }
  }

  private void look(FanoutSnapshot fanout, NodeSnapshot node) {
    NodeLedger ledger = node.ledger();
    require(ledger.balances(), Invariant.LEDGER_BALANCES, "%s: %s", node.address(), ledger);
    Seen before = seen.computeIfAbsent(node.address(), _ -> new Seen());
    SimulatedNode peer = simulation.node(node.address());
    unreachable(node, before, peer);
    served(node, before, peer);
    ttl(node);
    slow(node, before);
    absence(node, before, peer);
    if (also(Invariant.FAILING_IS_REPORTED)
        && peer.badSince >= 0
        && now() - peer.badSince >= REPORTED_NANOS) {
      require(
          fanout.problems().stream().anyMatch(p -> p.node().equals(node.address().toString())),
          Invariant.FAILING_IS_REPORTED,
          "%s fails everything for %d ms, problems: %s",
          node.address(),
          (now() - peer.badSince) / MILLI,
          fanout.problems());
    }
  }

  private void unreachable(NodeSnapshot node, Seen before, SimulatedNode peer) {
    if (node.connected() || !node.dialled()) {
      before.disconnectedSince = -1;
    } else if (before.disconnectedSince < 0) {
      before.disconnectedSince = now();
    }
    boolean gone =
        before.disconnectedSince >= 0 && now() - before.disconnectedSince >= UNREACHABLE_NANOS;
    boolean absent =
        also(Invariant.ABSENCE_BURNS_LITTLE)
            && peer.absentSince >= 0
            && now() - peer.absentSince >= REPORTED_NANOS;
    require(
        !(gone || absent)
            || node.state() == NodeState.UNREACHABLE
            || node.state() == NodeState.RETIRING,
        Invariant.UNREACHABLE_IS_REPORTED,
        "%s is %s, after 5 s of absence",
        node.address(),
        node.state());
  }

  /** Checks that no messages wait while none is in flight and the node would answer at once. */
  private void served(NodeSnapshot node, Seen before, SimulatedNode peer) {
    NodeLedger ledger = node.ledger();
    long settled = ledger.enqueued() - ledger.queued() - ledger.inFlight();
    Manners manners = peer.manners();
    boolean held =
        node.connected()
            && ledger.queued() > 0
            && ledger.inFlight() == 0
            && settled == before.settled
            && manners.isGood()
            && !manners.buffers
            && now() - peer.goodSince > SERVED_NANOS
            && (node.settings().deliveryMode() != DeliveryMode.STREAM
                || manners.question == Answer.OK);
    before.settled = settled;
    if (!held) {
      before.heldSince = -1;
    } else if (before.heldSince < 0) {
      before.heldSince = now();
    }
    require(
        !held || now() - before.heldSince <= SERVED_NANOS,
        Invariant.HEALTHY_NODE_IS_SERVED,
        "%s is connected and well, %d messages wait",
        node.address(),
        ledger.queued());
  }

  private void slow(NodeSnapshot node, Seen before) {
    boolean full = node.connected() && 2 * node.ledger().queued() >= node.settings().queueSize();
    before.fullSince = !full ? -1 : before.fullSince < 0 ? now() : before.fullSince;
    require(
        !also(Invariant.SLOW_IS_REPORTED)
            || !full
            || now() - before.fullSince < REPORTED_NANOS
            || node.state() == NodeState.SLOW,
        Invariant.SLOW_IS_REPORTED,
        "%s is %s, and its queue has been full for %d ms",
        node.address(),
        node.state(),
        (now() - before.fullSince) / MILLI);
  }

  private void ttl(NodeSnapshot node) {
    Duration ttl = simulation.longest().messageTtl();
    int held = node.ledger().queued() + node.ledger().inFlight();
    if (ttl.isZero() || held == 0) {
      return;
    }
    long oldest =
        now()
            - ttl.toNanos()
            - simulation.longest().blockTimeout().toNanos()
            - simulation.longest().rpcTimeout().toNanos()
            - 1_000 * MILLI
            - MARGIN_NANOS;
    if (oldest <= 0) {
      return;
    }
    int young = simulation.sentSince(oldest);
    require(
        held <= young,
        Invariant.TTL_ENDS_THE_WAIT,
        "%s: %d wait, but only %d are young enough",
        node.address(),
        held,
        young);
  }

  private void absence(NodeSnapshot node, Seen before, SimulatedNode peer) {
    if (!also(Invariant.ABSENCE_BURNS_LITTLE)) {
      return;
    }
    long failed = node.ledger().failedTotal();
    if (peer.absentSince < 0) {
      before.absentSince = -1;
      before.failedBefore = failed;
      before.inFlightBefore = node.ledger().inFlight();
      return;
    }
    if (before.absentSince != peer.absentSince) {
      before.absentSince = peer.absentSince;
      before.failedBefore = Math.max(0, before.failedBefore);
    }
    long probes = 1;
    double wait = 100e6;
    for (double t = wait; t < now() - peer.absentSince; t += wait) {
      wait = Math.min(wait * 2, 1e9);
      probes++;
    }
    // Messages that start before the third reply are in flight as well.
    long bound = before.inFlightBefore + simulation.longest().workers() + 3 + probes + 10;
    require(
        failed - before.failedBefore <= bound,
        Invariant.ABSENCE_BURNS_LITTLE,
        "%s: %d have failed in %d ms of absence, at most %d may",
        node.address(),
        failed - before.failedBefore,
        (now() - peer.absentSince) / MILLI,
        bound);
  }

  private void deliveriesEnd() {
    long oldest = simulation.connector.oldestNanos();
    long most = simulation.longest().rpcTimeout().toNanos() + MARGIN_NANOS;
    require(
        oldest <= most,
        Invariant.DELIVERY_ENDS_IN_TIME,
        "a delivery is in flight for %d ms",
        oldest / MILLI);
  }

  /** Checks that every call is answered when the block timeout of its queues is over. */
  private void answers() {
    for (; undecided < simulation.broadcasts.size(); undecided++) {
      Broadcast broadcast = simulation.broadcasts.get(undecided);
      if (broadcast.result == null) {
        long patience = simulation.longest().blockTimeout().toNanos() + MARGIN_NANOS;
        require(
            now() - broadcast.atNanos <= patience,
            Invariant.BROADCAST_IS_ANSWERED_ONCE,
            "%d is not answered after %d ms",
            broadcast.id,
            (now() - broadcast.atNanos) / MILLI);
        return;
      }
      promises(broadcast);
    }
  }

  private void promises(Broadcast broadcast) {
    if (also(Invariant.BLOCK_WAITS) && broadcast.is(OverflowPolicy.BLOCK)) {
      require(
          !broadcast.isDropped() || broadcast.cancelled,
          Invariant.BLOCK_WAITS,
          "%d, sent at %d ms: %s",
          broadcast.id,
          broadcast.atNanos / MILLI,
          broadcast.result);
    }
    if (also(Invariant.REJECT_DROPS_NOTHING) && broadcast.is(OverflowPolicy.REJECT)) {
      require(
          !broadcast.isDropped(),
          Invariant.REJECT_DROPS_NOTHING,
          "%d, sent at %d ms: %s",
          broadcast.id,
          broadcast.atNanos / MILLI,
          broadcast.result);
    }
    if (also(Invariant.ORDERLY_END_LOSES_NOTHING)) {
      require(
          !broadcast.isDropped(),
          Invariant.ORDERLY_END_LOSES_NOTHING,
          "%d, sent at %d ms: %s",
          broadcast.id,
          broadcast.atNanos / MILLI,
          broadcast.result);
    }
  }

  private void buffers() {
    long bound = (long) BYTES_OF_A_CONNECTION * (1 + simulation.network.openChannels());
    require(
        simulation.allocator.live() <= bound,
        Invariant.BUFFERS_ARE_BOUNDED,
        "%d bytes of buffers for %d connections",
        simulation.allocator.live(),
        simulation.network.openChannels());
  }

  private void quietStreams() {
    for (SimulatedNode node : simulation.nodes()) {
      for (ServerConnection connection : node.connections()) {
        for (ServerStream stream : connection.streams()) {
          if (stream instanceof ServerDeliver deliver) {
            require(
                deliver.quietNanos() <= QUIET_NANOS,
                Invariant.QUIET_STREAM_IS_ENDED,
                "%s: a stream is quiet for %d ms",
                node,
                deliver.quietNanos() / MILLI);
          }
        }
      }
    }
  }

  private void held() {
    for (NodeConnection connection : simulation.connector.connections()) {
      long bytes = Reachable.from(connection, simulation.payloads).bytes();
      require(
          bytes <= BYTES_OF_A_CONNECTION,
          Invariant.CONNECTION_HOLDS_LITTLE,
          "a connection holds %d bytes that no budget counts",
          bytes);
    }
  }

  /** Checks the ledgers after all messages have settled. */
  void ledgersAtTheEnd() {
    int attempts = simulation.longest().retry().maxAttempts();
    for (SimulatedNode node : simulation.nodes()) {
      node.received.forEach(
          (message, times) ->
              require(
                  times <= attempts,
                  Invariant.ATTEMPTS_ARE_BOUNDED,
                  "%s has received %d %d times, of %d attempts",
                  node,
                  message,
                  times,
                  attempts));
    }
    for (NodeSnapshot node : simulation.nodeSnapshots()) {
      NodeLedger ledger = node.ledger();
      if (also(Invariant.ORDERLY_END_LOSES_NOTHING)) {
        require(
            ledger.failedTotal() == 0
                && ledger.expired() == 0
                && !ledger.dropped().containsKey(DropReason.QUEUE_FULL),
            Invariant.ORDERLY_END_LOSES_NOTHING,
            "%s: %s",
            node.address(),
            ledger);
      }
      SimulatedNode peer = simulation.node(node.address());
      if (also(Invariant.ERROR_COSTS_ONE_ANSWER)) {
        require(
            ledger.failedTotal() <= peer.errors && peer.accepted == 1,
            Invariant.ERROR_COSTS_ONE_ANSWER,
            "%s: %d errors, %d failed, %d connections",
            node.address(),
            peer.errors,
            ledger.failedTotal(),
            peer.accepted);
      }
      if (also(Invariant.IDLE_NODE_MEETS_ANY_TTL)) {
        require(
            ledger.expired() == 0,
            Invariant.IDLE_NODE_MEETS_ANY_TTL,
            "%s: %s",
            node.address(),
            ledger);
      }
    }
    if (also(Invariant.ORDER_IS_KEPT)) {
      order();
    }
  }

  /** Checks the order of messages: with one worker that of all, otherwise that of each room. */
  private void order() {
    Map<Long, Broadcast> byId = new HashMap<>();
    simulation.broadcasts.forEach(b -> byId.put(b.id, b));
    boolean oneWorker = simulation.script.settings.workers() == 1;
    for (SimulatedNode node : simulation.nodes()) {
      Map<Integer, Long> last = new HashMap<>();
      for (long id : node.order) {
        Broadcast broadcast = byId.get(id);
        int room = oneWorker || broadcast == null ? -1 : broadcast.room;
        Long before = last.put(room, id);
        require(
            before == null || before < id,
            Invariant.ORDER_IS_KEPT,
            "%s: %d after %s, in room %d",
            node,
            id,
            before,
            room);
      }
    }
  }

  boolean allAnswered() {
    return simulation.broadcasts.stream().allMatch(b -> b.result != null);
  }

  static boolean isRefused(Broadcast broadcast) {
    return broadcast.result instanceof BroadcastResult.Refused;
  }
}
