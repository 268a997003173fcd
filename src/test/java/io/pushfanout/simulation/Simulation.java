package io.pushfanout.simulation;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.connect.SimulatedConnector;
import io.pushfanout.fanout.DesiredState;
import io.pushfanout.fanout.FanoutEngine;
import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.plan.Registrations;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.share.Shares;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** The world of one history. */
final class Simulation {
  private static final int PORT = 9000;

  /** Maximum calls in flight: fewer than one attacker holds with policy Block. */
  private static final int CALLS = 64;

  static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  final Script script;
  final Scheduler scheduler;
  final SimulatedNetwork network;
  final CountingAllocator allocator = new CountingAllocator();
  final WatchedConnector connector;
  final MemoryBudget memory;

  /** Calls in flight of all callers, for the scenarios that bound them. */
  final Shares calls = new Shares(CALLS);

  final FanoutEngine engine;
  final DesiredState desired;
  final List<Broadcast> broadcasts = new ArrayList<>();

  /** The arrays of all payloads: the budget counts them. */
  final Set<byte[]> payloads = Collections.newSetFromMap(new IdentityHashMap<>());

  private final List<SimulatedLoop> io;
  private final SimulatedLoop applier;
  private final SimulatedLoop caller;
  private final Map<NodeAddress, SimulatedNode> nodes = new LinkedHashMap<>();
  private final Map<FanoutName, FanoutSpec> specs = new LinkedHashMap<>();
  private final Set<String> watched = new TreeSet<>();

  /** Longest values of all settings so far, of the fields that the checks use. */
  private FanoutSettings longest;

  private UnaryOperator<List<FanoutSnapshot>> seen = UnaryOperator.identity();

  private long nextMessage = 1;

  Simulation(long seed, Script script) {
    this.script = script;
    scheduler = new Scheduler(seed);
    network =
        new SimulatedNetwork(
            scheduler, allocator, TimeUnit.MICROSECONDS.toNanos(script.latencyMicros));
    network.buffer(script.networkBuffer);
    io = List.of(loop("io-1"), loop("io-2"));
    applier = loop("applier");
    caller = loop("caller");
    int[] turn = {0};
    connector =
        new WatchedConnector(
            SimulatedConnector.of(() -> io.get(turn[0]++ % io.size()), network), scheduler);
    memory = new MemoryBudget(script.memory);
    engine =
        new FanoutEngine(
            connector,
            new Totals(),
            memory,
            new RoomIndex(1000),
            applier,
            scheduler::nanoTime,
            new BroadcastRequest.Target.Named(FanoutName.DEFAULT));
    desired = new DesiredState(engine, applier, scheduler::nanoTime);
    longest = script.settings;
    engine.start();
    desired.start();
  }

  private SimulatedLoop loop(String name) {
    SimulatedLoop loop = scheduler.newLoop(name);
    loop.onThrown(
        e -> {
          if (!LogWatch.isInjected(e)) {
            throw new Violation(
                Invariant.NOTHING_IS_THROWN, "by a task of " + name + ": " + LogWatch.stack(e));
          }
        });
    return loop;
  }

  // ---- nodes

  /** Returns the node of that number; the first call makes it listen. */
  SimulatedNode node(int number) {
    NodeAddress address = address(number);
    return nodes.computeIfAbsent(
        address,
        _ -> {
          SimulatedNode node = new SimulatedNode(address, scheduler);
          node.behave(script.manners);
          network.listens(ip(number), node);
          if (script.named) {
            network.name(address.host(), ip(number));
          }
          return node;
        });
  }

  Collection<SimulatedNode> nodes() {
    return List.copyOf(nodes.values());
  }

  SimulatedNode node(NodeAddress address) {
    SimulatedNode node = nodes.get(address);
    if (node == null) {
      throw new IllegalStateException("no such node: " + address);
    }
    return node;
  }

  boolean has(NodeAddress address) {
    return nodes.containsKey(address);
  }

  static String ip(int number) {
    return "10.0.0." + (number + 1);
  }

  NodeAddress address(int number) {
    return new NodeAddress(script.named ? "node-" + number + ".sim" : ip(number), PORT);
  }

  Set<NodeAddress> addresses(int from, int count) {
    Set<NodeAddress> addresses = new TreeSet<>();
    for (int i = from; i < from + count; i++) {
      addresses.add(node(i).address);
    }
    return addresses;
  }

  // ---- desired state

  void begin() {
    if (script.discovery instanceof Discovery.Etcd) {
      script.discovery = new Discovery.Static(addresses(0, script.nodes));
    }
    fanout(FanoutName.DEFAULT, script.settings, script.discovery);
  }

  CompletableFuture<Void> fanout(FanoutName name, FanoutSettings settings, Discovery discovery) {
    specs.put(name, FanoutSpec.of(name, settings, discovery));
    lengthen(settings);
    return desired.specs(List.copyOf(specs.values()));
  }

  /** Applies several fanouts in one edit. */
  void fanouts(Map<FanoutName, Discovery> all, FanoutSettings settings) {
    all.forEach((name, discovery) -> specs.put(name, FanoutSpec.of(name, settings, discovery)));
    lengthen(settings);
    handOver();
  }

  void remove(FanoutName name) {
    specs.remove(name);
    handOver();
  }

  /** Hands the specs over; the registry forgets services that no fanout uses. */
  private void handOver() {
    var _ = desired.specs(List.copyOf(specs.values()));
    Set<String> used = new TreeSet<>();
    for (FanoutSpec spec : specs.values()) {
      if (spec.discovery() instanceof Discovery.Etcd etcd) {
        used.add(etcd.serviceName());
      }
    }
    watched.stream().filter(service -> !used.contains(service)).forEach(desired::forget);
    watched.clear();
    watched.addAll(used);
  }

  void registered(String service, Set<NodeAddress> now, Set<NodeAddress> announced) {
    desired.registrations(service, new Registrations(now, List.of(), announced, null));
  }

  /** Announces nodes again, without any other change. */
  void announce(Set<NodeAddress> announced) {
    scheduler.trace("registry", "announces");
    desired.registrations("other", new Registrations(announced, List.of(), announced, null));
  }

  FanoutSettings settings() {
    FanoutSpec spec = specs.get(FanoutName.DEFAULT);
    return spec == null ? script.settings : spec.settings();
  }

  void edit(UnaryOperator<SettingsBuilder> change) {
    FanoutSpec spec = specs.get(FanoutName.DEFAULT);
    if (spec != null) {
      var _ =
          fanout(
              FanoutName.DEFAULT,
              change.apply(spec.settings().toBuilder()).build(),
              spec.discovery());
    }
  }

  void discovery(Discovery discovery) {
    FanoutSpec spec = specs.get(FanoutName.DEFAULT);
    var _ = fanout(FanoutName.DEFAULT, spec == null ? script.settings : spec.settings(), discovery);
  }

  private void lengthen(FanoutSettings other) {
    longest =
        longest.toBuilder()
            .rpcTimeout(longer(longest.rpcTimeout(), other.rpcTimeout()))
            .messageTtl(
                longest.messageTtl().isZero() || other.messageTtl().isZero()
                    ? Duration.ZERO
                    : longer(longest.messageTtl(), other.messageTtl()))
            .drainTimeout(longer(longest.drainTimeout(), other.drainTimeout()))
            .blockTimeout(longer(longest.blockTimeout(), other.blockTimeout()))
            .maxAttempts(Math.max(longest.retry().maxAttempts(), other.retry().maxAttempts()))
            .maxBackoff(longer(longest.retry().maxBackoff(), other.retry().maxBackoff()))
            .build();
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  FanoutSettings longest() {
    return longest;
  }

  // ---- callers

  int roomOf(int rooms) {
    return 1 + scheduler.random.nextInt(rooms);
  }

  Broadcast broadcast(FanoutName fanout, int bytes, int room) {
    return broadcast(fanout, bytes, room, Long.MAX_VALUE);
  }

  /**
   * @param room the room; 0 means none
   * @param patienceNanos the caller's deadline from now
   */
  Broadcast broadcast(FanoutName fanout, int bytes, int room, long patienceNanos) {
    FanoutSpec spec = specs.get(fanout);
    byte[] body = new byte[Math.max(8, bytes)];
    Broadcast broadcast =
        new Broadcast(
            nextMessage++,
            fanout,
            spec == null ? script.settings : spec.settings(),
            room,
            scheduler.elapsed());
    ByteBuffer.wrap(body).putLong(broadcast.id);
    payloads.add(body);
    broadcasts.add(broadcast);
    Payload payload = new Payload(Rpc.BROADCAST, body);
    BroadcastRequest request =
        new BroadcastRequest(
            room == 0 ? payload : payload.inRoom(room),
            new BroadcastRequest.Target.Named(fanout),
            null,
            patienceNanos == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : scheduler.nanoTime() + patienceNanos);
    SimulatedLoop from = scheduler.random.nextInt(4) == 0 ? io.getFirst() : caller;
    from.execute(
        () -> {
          scheduler.trace(fanout, "is sent", broadcast.id);
          broadcast.cancel =
              engine.broadcaster().broadcast(request, result -> answered(broadcast, result));
        });
    return broadcast;
  }

  void answered(Broadcast broadcast, BroadcastResult result) {
    if (broadcast.result != null) {
      throw new Violation(
          Invariant.BROADCAST_IS_ANSWERED_ONCE,
          broadcast.id + ": " + broadcast.result + ", then " + result);
    }
    broadcast.result = result;
    broadcast.onEnd.run();
  }

  /** Cancels a broadcast on behalf of its caller. */
  void cancel(Broadcast broadcast) {
    caller.execute(
        () -> {
          broadcast.cancelled = true;
          broadcast.cancel.run();
        });
  }

  /** Runs a task on a node's loop, where the program's own tasks run. */
  void onLoop(Runnable task) {
    io.getFirst().execute(task);
  }

  SimulatedLoop loop() {
    return io.getFirst();
  }

  /** Stops the engine's thread. */
  void stopApplier() {
    applier.stop();
  }

  /** Sets timers on a node's loop. */
  void timers(int count, long nanos) {
    for (int i = 0; i < count; i++) {
      var _ = io.getFirst().schedule(() -> {}, nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Keeps the loops of nodes busy for this time. */
  void busy(long nanos) {
    io.forEach(loop -> loop.execute(() -> scheduler.spend(nanos)));
  }

  /** Returns the number of broadcasts since that time. */
  int sentSince(long elapsedNanos) {
    int count = 0;
    for (int i = broadcasts.size() - 1; i >= 0; i--) {
      if (broadcasts.get(i).atNanos < elapsedNanos) {
        break;
      }
      count++;
    }
    return count;
  }

  // ---- reading

  List<FanoutSnapshot> snapshot() {
    return seen.apply(engine.snapshot());
  }

  /** Changes the view of the engine, to show that the checks read it. */
  void distort(UnaryOperator<List<FanoutSnapshot>> change) {
    seen = change;
  }

  List<NodeSnapshot> nodeSnapshots() {
    return snapshot().stream().flatMap(fanout -> fanout.nodes().stream()).toList();
  }

  int takeTimers() {
    int timers = scheduler.takeTimers(caller);
    for (SimulatedLoop loop : io) {
      timers += scheduler.takeTimers(loop);
    }
    return timers;
  }
}
