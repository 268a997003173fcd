package io.pushfanout.simulation;

import static io.pushfanout.simulation.Checks.require;
import static io.pushfanout.simulation.Simulation.MILLI;

import io.pushfanout.fanout.FanoutEngine.DrainResult;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs histories: the events of a script, then the end in which every invariant must hold. */
final class Simulator implements AutoCloseable {
  private static final long CONNECTS_NANOS = 2_100 * MILLI;
  private static final long STREAMS_NANOS = TimeUnit.SECONDS.toNanos(90);
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(12);

  /** Objects of the engine and the connection that a node without messages may have. */
  private static final long OBJECTS_AT_REST = 300;

  private static final int TIMERS_AT_REST = 12;

  private final LogWatch log = new LogWatch();

  /**
   * The result of a history.
   *
   * @param violation the broken invariant, or null if all hold
   * @param trace the last lines
   */
  record Outcome(long hash, @Nullable Violation violation, List<String> trace) {}

  @Override
  public void close() {
    log.close();
  }

  Outcome run(Scenario scenario, long seed) {
    Script script = scenario.script(seed);
    return run(script, seed, script.events());
  }

  /** Runs a script with these of its events alone. */
  Outcome run(Script script, long seed, List<Script.Event> events) {
    Simulation simulation = new Simulation(seed, script);
    log.begin(simulation.scheduler, script.also.contains(Invariant.LOG_IS_BOUNDED));
    Violation violation = null;
    try {
      new History(simulation, new Checks(simulation, log), events).run();
      log.check();
    } catch (Violation e) {
      violation = e;
    }
    Trace trace = simulation.scheduler.trace;
    return new Outcome(trace.hash(), violation, trace.tail(40));
  }

  /** A history in progress. */
  private record History(Simulation simulation, Checks checks, List<Script.Event> events) {
    void run() {
      Scheduler scheduler = simulation.scheduler;
      simulation.script.begin.accept(simulation);
      for (Script.Event event : events) {
        scheduler.at(
            event.atMillis() * MILLI,
            () -> {
              scheduler.trace("event", event.what());
              event.action().accept(simulation);
            });
      }
      runTo(simulation.script.behaveAtMillis * MILLI);
      behave();
      connect();
      settle();
      fresh();
      checks.ledgersAtTheEnd();
      if (simulation.script.untilStreams) {
        streams();
      }
      rest();
      end();
    }

    private long now() {
      return simulation.scheduler.elapsed();
    }

    private void runTo(long nanos) {
      while (now() < nanos) {
        simulation.scheduler.runUntil(Math.min(nanos, now() + Checks.LOOK_NANOS));
        checks.look();
      }
    }

    private void runFor(long nanos) {
      runTo(now() + nanos);
    }

    /** Makes every peer healthy from now on. */
    private void behave() {
      simulation.scheduler.trace("all", "behave");
      simulation.allocator.failing(false);
      simulation.network.heal();
      simulation.nodes().forEach(node -> node.behave(simulation.script.manners));
      if (simulation.script.announced) {
        simulation.scheduler.after(
            10 * MILLI,
            () -> simulation.announce(simulation.addresses(0, simulation.script.nodes)));
      }
    }

    private List<NodeSnapshot> nodes() {
      return simulation.nodeSnapshots().stream()
          .filter(node -> node.state() != NodeState.RETIRING)
          .toList();
    }

    private void connect() {
      runFor(CONNECTS_NANOS);
      // A node whose connections are replaced all the time may have none at this moment.
      for (int i = 0; i < 10 && !nodes().stream().allMatch(History::isConnected); i++) {
        runFor(10 * MILLI);
      }
      for (NodeSnapshot node : nodes()) {
        require(
            isConnected(node),
            Invariant.CONNECTS_WITHIN_2_S,
            "%s is %s: %s",
            node.address(),
            node.state(),
            node.detail());
      }
    }

    /**
     * Returns whether the node is connected. An absent node that takes calls and has no waiting
     * message is found again with its next message, so it counts as connected.
     */
    private static boolean isConnected(NodeSnapshot node) {
      return node.connected()
          || (node.detail().startsWith("absent behind its connection")
              && isSettled(node)
              && node.settings().deliveryMode() == DeliveryMode.UNARY);
    }

    private void settle() {
      Duration timeout = simulation.longest().rpcTimeout();
      Duration backoff =
          simulation.longest().retry().maxAttempts() > 1
              ? simulation.longest().retry().maxBackoff().multipliedBy(2)
              : Duration.ZERO;
      long until = now() + timeout.plus(backoff).toNanos() + 3_000 * MILLI;
      while (now() < until && !isSettled()) {
        runFor(Checks.LOOK_NANOS);
      }
      for (NodeSnapshot node : nodes()) {
        require(
            isSettled(node), Invariant.SETTLES_IN_TIME, "%s: %s", node.address(), node.ledger());
      }
      require(checks.allAnswered(), Invariant.BROADCAST_IS_ANSWERED_ONCE, "some are not answered");
    }

    private boolean isSettled() {
      return nodes().stream().allMatch(History::isSettled);
    }

    private static boolean isSettled(NodeSnapshot node) {
      return node.ledger().queued() == 0 && node.ledger().inFlight() == 0;
    }

    private void fresh() {
      for (FanoutName fanout :
          simulation.snapshot().stream().map(f -> f.name()).distinct().toList()) {
        Broadcast broadcast = broadcast(fanout);
        for (int i = 0; i < simulation.script.lostAtTheEnd && !isReceived(broadcast); i++) {
          runFor(simulation.longest().rpcTimeout().toNanos());
          broadcast = broadcast(fanout);
        }
        require(
            isReceived(broadcast),
            Invariant.FRESH_BROADCAST_ARRIVES,
            "not everywhere: %s, %s",
            broadcast.result,
            nodes());
      }
    }

    private Broadcast broadcast(FanoutName fanout) {
      Broadcast broadcast = simulation.broadcast(fanout, 32, 0);
      runFor(Math.min(1_000 * MILLI, simulation.settings().rpcTimeout().toNanos()));
      return broadcast;
    }

    private boolean isReceived(Broadcast broadcast) {
      return nodes().stream()
          .filter(node -> node.fanout().equals(broadcast.fanout))
          .allMatch(node -> simulation.node(node.address()).received.containsKey(broadcast.id));
    }

    private void streams() {
      runFor(STREAMS_NANOS);
      fresh();
      for (NodeSnapshot node : nodes()) {
        boolean streams =
            node.settings().deliveryMode() != DeliveryMode.UNARY
                && simulation.node(node.address()).manners().question == Answer.OK;
        long last = simulation.node(node.address()).lastByStreamNanos;
        require(
            !streams || (last >= 0 && now() - last <= 2_000 * MILLI),
            Invariant.STREAMS_ARE_USED_WITHIN_90_S,
            "%s streams, and gets calls",
            node.address());
      }
    }

    private void rest() {
      if (simulation.script.also.contains(Invariant.NODE_AT_REST_IS_SMALL)) {
        runFor(REST_NANOS);
        long objects = Reachable.from(simulation.engine, simulation.payloads).objects();
        long most = OBJECTS_AT_REST * (1 + nodes().size());
        require(
            objects <= most,
            Invariant.NODE_AT_REST_IS_SMALL,
            "%d objects at rest, at most %d may be",
            objects,
            most);
      }
    }

    private void end() {
      List<NodeAddress> last = nodes().stream().map(NodeSnapshot::address).toList();
      CompletableFuture<DrainResult> done = simulation.engine.shutdown(Duration.ofSeconds(10));
      Duration drain = simulation.longest().drainTimeout();
      runFor(Math.min(drain.toNanos(), 10_000 * MILLI) + 1_000 * MILLI);
      require(done.isDone(), Invariant.SHUTDOWN_ENDS, "%s", last);
      // Links deliver their last bytes in this time.
      runFor(1_000 * MILLI);
      require(
          simulation.memory.held() == 0,
          Invariant.MEMORY_IS_GIVEN_BACK,
          "%d bytes are held",
          simulation.memory.held());
      require(
          simulation.allocator.live() == 0,
          Invariant.BUFFERS_ARE_RELEASED,
          "%d bytes of buffers live",
          simulation.allocator.live());
      int timers = simulation.takeTimers();
      require(timers <= TIMERS_AT_REST, Invariant.TIMERS_ARE_RELEASED, "%d timers wait", timers);
    }
  }
}
