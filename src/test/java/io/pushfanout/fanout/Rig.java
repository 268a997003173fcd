package io.pushfanout.fanout;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.Broadcaster;
import io.pushfanout.broadcast.Routes;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.delivery.FakeLoop;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.model.StatusCode;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.queue.NodeLedger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The whole engine on a fake loop, with scripted nodes. */
final class Rig {
  static final FanoutName FANOUT = FanoutName.DEFAULT;

  final FakeLoop loop = new FakeLoop();
  final Totals totals = new Totals();
  final MemoryBudget memory;
  private final Map<NodeAddress, ScriptedNode> nodes = new HashMap<>();
  final List<ScriptedNode> everOpened = new ArrayList<>();

  /** The answer of new nodes to the streaming probe. */
  @Nullable StatusCode streaming = StatusCode.UNIMPLEMENTED;

  final FanoutEngine engine;

  Rig() {
    this(MemoryBudget.unlimited());
  }

  Rig(MemoryBudget memory) {
    this.memory = memory;
    engine =
        new FanoutEngine(
            (address, _, tls, listener) -> {
              ScriptedNode node = new ScriptedNode(loop, tls, listener);
              node.streaming = streaming;
              nodes.put(address, node);
              everOpened.add(node);
              return node;
            },
            totals,
            memory,
            new RoomIndex(1000),
            loop,
            loop::nanoTime,
            null);
    engine.start();
  }

  /** Returns a fanout with nodes {@code a:1}, {@code b:1} …, connected. */
  static Rig with(UnaryOperator<SettingsBuilder> settings, String... hosts) {
    Rig rig = new Rig();
    rig.apply(settings, hosts);
    Arrays.stream(hosts).forEach(host -> rig.node(host).connect());
    return rig;
  }

  /** Returns a fanout with connected nodes that stream. */
  static Rig streaming(UnaryOperator<SettingsBuilder> settings, String... hosts) {
    Rig rig = new Rig();
    rig.streaming = StatusCode.OK;
    rig.apply(settings, hosts);
    Arrays.stream(hosts).forEach(host -> rig.node(host).connect());
    return rig;
  }

  void apply(UnaryOperator<SettingsBuilder> settings, String... hosts) {
    apply(fanout(FANOUT, settings, hosts));
  }

  void apply(DesiredFanout... fanouts) {
    engine.apply(List.of(fanouts));
    loop.run();
  }

  static DesiredFanout fanout(
      FanoutName name, UnaryOperator<SettingsBuilder> settings, String... hosts) {
    return DesiredFanout.ofNodes(
        name, settings.apply(FanoutSettings.DEFAULT.toBuilder()).build(), addresses(hosts));
  }

  static Set<NodeAddress> addresses(String... hosts) {
    return Arrays.stream(hosts).map(Rig::address).collect(Collectors.toSet());
  }

  static NodeAddress address(String host) {
    return new NodeAddress(host, 1);
  }

  ScriptedNode node(String host) {
    return requireNonNull(nodes.get(address(host)), host);
  }

  /** Returns a payload; the part of its body before a colon is the room. */
  static Payload payload(String body) {
    Payload payload = new Payload(Rpc.BROADCAST, body.getBytes(StandardCharsets.UTF_8));
    int colon = body.indexOf(':');
    return colon < 0 ? payload : payload.inRoom(body.substring(0, colon).hashCode());
  }

  /** A call in progress; its result is null while it is held. */
  static final class Call {
    @Nullable BroadcastResult result;
    Runnable cancel = () -> {};

    BroadcastOutcome outcome() {
      assertThat(result).isInstanceOf(BroadcastResult.Answered.class);
      return ((BroadcastResult.Answered) requireNonNull(result)).outcome();
    }

    BroadcastResult.Refused refusal() {
      assertThat(result).isInstanceOf(BroadcastResult.Refused.class);
      return (BroadcastResult.Refused) requireNonNull(result);
    }

    boolean isHeld() {
      return result == null;
    }
  }

  /** Advances to the next tick, for which a message waits that closely follows another. */
  private void letItLeave() {
    loop.advanceToTimersWithin(FanoutSettings.DEFAULT.deliveryLinger());
  }

  Call call(BroadcastRequest request) {
    Call call = new Call();
    call.cancel =
        engine
            .broadcaster()
            .broadcast(
                request,
                result -> {
                  assertThat(call.result).as("answered once").isNull();
                  call.result = result;
                });
    letItLeave();
    return call;
  }

  Routes routes() {
    return requireNonNull(engine.routes());
  }

  /** Broadcasts by routes of an earlier moment. */
  Call offerTo(Routes found, String body) {
    return offerTo(found, body, null);
  }

  Call offerTo(Routes found, String body, @Nullable Set<NodeAddress> only) {
    Broadcaster late = new Broadcaster(() -> found, null, totals, memory, loop, loop::nanoTime);
    Call call = new Call();
    call.cancel =
        late.broadcast(
            new BroadcastRequest(payload(body), new Target.Unnamed(), only, Long.MAX_VALUE),
            result -> call.result = result);
    letItLeave();
    return call;
  }

  Call send(String body) {
    return call(new BroadcastRequest(payload(body), new Target.Unnamed(), null, Long.MAX_VALUE));
  }

  Call send(String body, Target target) {
    return call(new BroadcastRequest(payload(body), target, null, Long.MAX_VALUE));
  }

  Call send(String body, Set<NodeAddress> only) {
    return call(new BroadcastRequest(payload(body), new Target.Unnamed(), only, Long.MAX_VALUE));
  }

  Call sendWithin(String body, Duration deadline) {
    return call(
        new BroadcastRequest(
            payload(body), new Target.Unnamed(), null, loop.nanoTime() + deadline.toNanos()));
  }

  void sendAll(String... bodies) {
    for (String body : bodies) {
      send(body);
    }
  }

  NodeSnapshot snapshot(String host) {
    return engine.snapshot().stream()
        .flatMap(fanout -> fanout.nodes().stream())
        .filter(node -> node.address().equals(address(host)))
        .findFirst()
        .orElseThrow();
  }

  NodeLedger ledger(String host) {
    NodeLedger ledger = snapshot(host).ledger();
    assertThat(ledger.balances()).as("%s", ledger).isTrue();
    return ledger;
  }
}
