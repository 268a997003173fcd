package io.pushfanout.simulation;

import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.SettingsBuilder;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Histories of random disturbances and edits. */
final class Chaos {
  private static final int LENGTH = 6_000;

  private Chaos() {}

  static void write(Script s) {
    s.named = s.random.nextInt(3) == 0;
    s.networkBuffer = s.pick(2_000, 16_000, 64_000);
    s.settings(b -> anything(s, b));
    s.memory = s.pick(20_000, 64 << 20, 64 << 20);
    int count = s.between(3, 14);
    for (int i = 0; i < count; i++) {
      disturb(s);
    }
    edit(s);
    traffic(s);
    s.behaveAtMillis = LENGTH;
    s.announced = true;
    s.untilStreams = s.random.nextInt(4) == 0;
  }

  /** Histories of edits alone, with healthy nodes. */
  static void edits(Script s) {
    s.settings(b -> anything(s, b));
    int count = s.between(3, 12);
    for (int i = 0; i < count; i++) {
      edit(s);
    }
    traffic(s);
    s.behaveAtMillis = LENGTH;
  }

  private static void traffic(Script s) {
    int flows = s.between(1, 3);
    for (int i = 0; i < flows; i++) {
      int from = s.between(0, 4_000);
      s.flow(
          from,
          from + s.between(200, 2_000),
          s.pick(10, 50, 300),
          s.pick(8, 24, 3_000),
          s.pick(1, 8));
    }
    int cancelled = s.between(0, 20);
    int at = s.between(500, 5_000);
    s.at(
        at,
        cancelled + " callers wait for little",
        x -> {
          for (int i = 0; i < cancelled; i++) {
            Broadcast broadcast =
                x.broadcast(
                    FanoutName.DEFAULT, 24, 0, x.scheduler.random.nextInt(500) * Simulation.MILLI);
            if (x.scheduler.random.nextBoolean()) {
              x.scheduler.after(
                  x.scheduler.random.nextInt(800) * Simulation.MILLI, () -> x.cancel(broadcast));
            }
          }
        });
  }

  private static SettingsBuilder anything(Script s, SettingsBuilder b) {
    return b.workers(s.pick(1, 2, 10))
        .queueSize(s.pick(1, 10, 200))
        .queueBytes(s.pick(4_000, 1 << 20))
        .overflowPolicy(s.oneOf(OverflowPolicy.values()))
        .blockTimeout(Duration.ofMillis(s.pick(1, 100, 1_000)))
        .rpcTimeout(Duration.ofMillis(s.pick(300, 1_000, 2_000)))
        .messageTtl(Duration.ofMillis(s.pick(0, 50, 2_000, 30_000)))
        .drainTimeout(Duration.ofMillis(s.pick(0, 300, 2_000)))
        .deliveryMode(
            s.oneOf(DeliveryMode.UNARY, DeliveryMode.AUTO, DeliveryMode.AUTO, DeliveryMode.STREAM))
        .deliveryWindow(s.pick(1, 5, 1_000))
        .deliveryLinger(Duration.ofMillis(s.pick(0, 1, 50)))
        .maxAttempts(s.pick(1, 1, 3))
        .initialBackoff(Duration.ofMillis(s.pick(1, 50)))
        .maxBackoff(Duration.ofMillis(400));
  }

  private static void edit(Script s) {
    int at = s.between(300, 5_500);
    if (s.random.nextInt(3) == 0) {
      int from = s.random.nextInt(s.nodes);
      int count = s.between(1, s.nodes - from);
      s.at(
          at,
          "only nodes %d to %d remain".formatted(from, from + count - 1),
          x -> x.discovery(new Discovery.Static(x.addresses(from, count))));
      s.at(
          at + s.between(1, 1_500),
          "all nodes are back",
          x -> x.discovery(new Discovery.Static(x.addresses(0, s.nodes))));
      return;
    }
    Script once = new Script(s.random.nextLong());
    boolean all = s.random.nextBoolean();
    int workers = s.pick(1, 2, 5, 20);
    DeliveryMode mode = s.oneOf(DeliveryMode.values());
    UnaryOperator<SettingsBuilder> change =
        b -> all ? anything(once, b) : b.workers(workers).deliveryMode(mode);
    s.edit(at, change, all ? "anything" : workers + " workers, " + mode);
  }

  private static void disturb(Script s) {
    int at = s.between(0, LENGTH - 500);
    int which = s.random.nextInt(s.nodes);
    String node = "node " + which;
    switch (s.random.nextInt(10)) {
      case 0 -> s.at(at, node + " is killed", x -> x.node(which).kill());
      case 1 -> s.at(at, node + " hangs up", x -> x.node(which).hangUp());
      case 2 -> s.at(at, node + " leaves", x -> x.node(which).leave());
      case 3 -> {
        Http2Error error = s.oneOf(Http2Error.NO_ERROR, Http2Error.ENHANCE_YOUR_CALM);
        boolean lower = s.random.nextBoolean();
        s.at(
            at,
            node + " sends GOAWAY " + error,
            x -> x.node(which).connections().forEach(c -> c.goAway(error, lower)));
      }
      case 4 -> s.at(at, node + " is announced", x -> x.announce(Set.of(x.address(which))));
      case 5 -> {
        int millis = s.between(1, 50);
        s.at(
            at,
            "no direct memory for " + millis + " ms",
            x -> {
              x.allocator.failing(true);
              x.scheduler.after(millis * Simulation.MILLI, () -> x.allocator.failing(false));
            });
      }
      case 6 -> {
        SimulatedNetwork.Names how = s.oneOf(SimulatedNetwork.Names.values());
        s.at(
            at, "its name server: " + how, x -> x.network.nameServer(x.address(which).host(), how));
      }
      default -> s.behave(at, "is unkind", unkind(s));
    }
  }

  private static Consumer<Manners> unkind(Script s) {
    Answer calls = s.random.nextInt(3) > 0 ? Answer.OK : s.oneOf(Answer.values());
    Answer streams = s.random.nextInt(3) > 0 ? Answer.OK : s.oneOf(Answer.values());
    Answer question = s.random.nextInt(3) > 0 ? Answer.OK : s.oneOf(Answer.values());
    Answer odd = s.oneOf(Answer.values());
    int oddEach = s.pick(0, 0, 3, 10);
    Manners.Dials dials =
        s.random.nextInt(10) == 0
            ? Manners.Dials.SWALLOWS
            : s.oneOf(Manners.Dials.ACCEPTS, Manners.Dials.ACCEPTS, Manners.Dials.REFUSES);
    Manners.Windows windows =
        s.oneOf(
            Manners.Windows.AT_ONCE,
            Manners.Windows.AT_ONCE,
            Manners.Windows.BY_BYTES,
            Manners.Windows.NEVER);
    int initial = s.pick(65_535, 65_535, 1, 0, 1_000_000);
    int streamsAtOnce = s.pick(100, 100, 0, 1, 5);
    int perConnection = s.pick(0, 0, 5, 30);
    long age = s.pick(0, 0, 300) * Simulation.MILLI;
    long think = s.pick(0, 1, 20, 400) * Simulation.MILLI;
    boolean silent = s.random.nextInt(6) == 0;
    boolean greets = s.random.nextInt(6) > 0;
    boolean reads = s.random.nextInt(6) > 0;
    boolean buffers = s.random.nextInt(6) == 0;
    return m -> {
      m.calls = calls;
      m.streams = streams;
      m.question = question;
      m.odd = odd;
      m.oddEach = oddEach;
      m.dials = dials;
      m.windows = windows;
      m.initialWindow = initial;
      m.maxStreams = streamsAtOnce;
      m.streamsPerConnection = perConnection;
      m.ageNanos = age;
      m.thinkNanos = think;
      m.silent = silent;
      m.greets = greets;
      m.reads = reads;
      m.buffers = buffers;
    };
  }
}
