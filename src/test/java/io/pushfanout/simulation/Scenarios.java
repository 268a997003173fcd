package io.pushfanout.simulation;

import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.OverflowPolicy;
import java.time.Duration;
import java.util.List;

/**
 * The list of scenarios. Each is a family of histories, named after the behaviour of its peers or
 * callers.
 */
final class Scenarios {
  static final List<Scenario> ALL =
      List.of(
          new Scenario("everything", Chaos::write),
          new Scenario("edits", Chaos::edits),
          new Scenario("absence-behind-a-proxy", Scenarios::absence),
          new Scenario("node-after-its-sidecar", Scenarios::sidecar),
          new Scenario("buffering-proxy", Scenarios::buffering),
          new Scenario("unanswered-question", Scenarios::unansweredQuestion),
          new Scenario("limit-by-requests", Scenarios::requestLimit),
          new Scenario("rotation-by-age", Scenarios::rotation),
          new Scenario("rotation-with-block", Scenarios::rotationWithBlock),
          new Scenario("rotation-with-reject", Scenarios::rotationWithReject),
          new Scenario("rotation-of-a-slow-node", Scenarios::slowRotation),
          new Scenario("graceful-restarts", Scenarios::restarts),
          new Scenario("goaway-of-every-kind", Scenarios::goAways),
          new Scenario("flapping", Scenarios::flapping),
          new Scenario("silence", Scenarios::silence),
          new Scenario("windows", Scenarios::windows),
          new Scenario("order-of-one-worker", Scenarios::orderOfOneWorker),
          new Scenario("order-of-rooms", Scenarios::orderOfRooms),
          new Scenario("odd-answers", Scenarios::oddAnswers),
          new Scenario("attempt-between-connections", Scenarios::attemptBetween),
          new Scenario("long-errors", Scenarios::longErrors),
          new Scenario("fails-everything", Scenarios::failsEverything),
          new Scenario("idle-streams", Scenarios::idleStreams),
          new Scenario("short-ttl", Scenarios::shortTtl),
          new Scenario("moving-name", Names::moving),
          new Scenario("address-that-swallows", Names::swallowing),
          new Scenario("announced-during-a-dial", Names::announcedDuringADial),
          new Scenario("failing-look-ups", Names::failingLookUps),
          new Scenario("service-edited", Services::edited),
          new Scenario("services-swapped", Services::swapped),
          new Scenario("fanout-made-again", Services::madeAgain),
          new Scenario("no-memory-for-a-moment", Resources::noMemory),
          new Scenario("large-frames", Resources::largeFrames),
          new Scenario("unread-streams", Resources::unreadStreams),
          new Scenario("part-of-a-response", Resources::partOfAResponse),
          new Scenario("message-bound", Resources::messageBound),
          new Scenario("many-rooms", Resources::manyRooms),
          new Scenario("questions-and-timers", Resources::questions),
          new Scenario("resting-lanes", Resources::restingLanes),
          new Scenario("tenants", Tenants::write));

  private Scenarios() {}

  static Scenario of(String name) {
    return ALL.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  private static Answer absent(Script s) {
    return s.oneOf(
        Answer.UNAVAILABLE, Answer.HTTP_502, Answer.HTTP_503, Answer.HTTP_504, Answer.RESET);
  }

  private static void anyMode(Script s) {
    DeliveryMode mode = s.oneOf(DeliveryMode.UNARY, DeliveryMode.AUTO);
    s.settings(b -> b.deliveryMode(mode));
  }

  /** The connection stays open, and the reply to every delivery means that the node is away. */
  static void absence(Script s) {
    anyMode(s);
    Answer answer = absent(s);
    int from = s.between(1_000, 2_000);
    int until = from + s.between(500, 7_000);
    // Some proxies request another connection meanwhile.
    int limit = s.pick(0, 0, 2, 10);
    s.manners = m -> m.streamsPerConnection = limit;
    s.flow(500, until + 500, s.pick(50, 100));
    s.behaveAll(
        from,
        "answer " + answer,
        m -> {
          m.calls = answer;
          m.streams = answer;
          m.question = answer;
        });
    s.behaveAtMillis = until;
    s.also(Invariant.ABSENCE_BURNS_LITTLE, Invariant.LOG_IS_BOUNDED);
  }

  static void sidecar(Script s) {
    Answer answer = absent(s);
    // A proxy without a route replies like a node without streaming.
    Answer question = s.oneOf(answer, answer, Answer.NEVER, Answer.UNIMPLEMENTED);
    s.behaveAll(
        0,
        "answer " + answer,
        m -> {
          m.calls = answer;
          m.streams = answer;
          m.question = question;
        });
    s.behaveAtMillis = s.between(500, 4_000);
    s.flow(300, s.behaveAtMillis, s.pick(5, 50));
    s.untilStreams = true;
  }

  /** Streams of messages pass only at their end, or fail; the streaming probe passes. */
  static void buffering(Script s) {
    s.settings(b -> b.deliveryMode(DeliveryMode.AUTO));
    boolean fails = s.random.nextInt(3) == 0;
    s.manners =
        m -> {
          m.buffers = !fails;
          m.streams = fails ? Answer.INTERNAL : Answer.OK;
        };
    // Each new attempt at streaming costs a message.
    s.lostAtTheEnd = 2;
    s.flow(300, 4_000, s.pick(5, 50));
    s.behaveAtMillis = 8_000;
  }

  static void unansweredQuestion(Script s) {
    s.settings(b -> b.deliveryMode(DeliveryMode.AUTO).rpcTimeout(Duration.ofSeconds(5)));
    boolean late = s.random.nextBoolean();
    s.manners =
        m -> {
          m.question = late ? Answer.OK : Answer.NEVER;
          m.questionNanos = Simulation.MILLI * 4_000;
        };
    s.flow(500, 3_000, 50);
    s.behaveAtMillis = 6_000;
  }

  static void requestLimit(Script s) {
    DeliveryMode mode = s.oneOf(DeliveryMode.UNARY, DeliveryMode.UNARY, DeliveryMode.AUTO);
    s.settings(b -> b.deliveryMode(mode).workers(10).queueSize(50));
    int limit = s.between(3, 60);
    // A slow node reaches the limit before the first reply.
    long think = s.pick(1, 40) * Simulation.MILLI;
    s.manners =
        m -> {
          m.streamsPerConnection = limit;
          m.thinkNanos = think;
        };
    s.flow(500, 3_500, s.pick(100, 200));
    s.behaveAtMillis = 4_000;
    s.also(Invariant.ORDERLY_END_LOSES_NOTHING);
  }

  static void rotation(Script s) {
    DeliveryMode mode = s.oneOf(DeliveryMode.values());
    s.settings(b -> b.deliveryMode(mode).queueSize(100));
    long age = s.between(200, 1_500) * Simulation.MILLI;
    s.manners = m -> m.ageNanos = age;
    s.flow(500, 4_500, s.pick(50, 150), 24, s.pick(1, 8));
    s.behaveAtMillis = 5_000;
    s.also(Invariant.ORDERLY_END_LOSES_NOTHING);
  }

  private static void rotating(Script s, OverflowPolicy policy) {
    DeliveryMode mode = s.oneOf(DeliveryMode.UNARY, DeliveryMode.AUTO);
    s.settings(
        b ->
            b.deliveryMode(mode)
                .workers(2)
                .deliveryWindow(s.pick(1, 5))
                .queueSize(s.between(1, 10))
                .overflowPolicy(policy)
                .rpcTimeout(Duration.ofSeconds(2))
                .blockTimeout(Duration.ofSeconds(3)));
    long age = s.between(200, 1_200) * Simulation.MILLI;
    s.manners =
        m -> {
          m.ageNanos = age;
          m.thinkNanos = 5 * Simulation.MILLI;
        };
    s.flow(500, 3_500, s.pick(20, 50));
    // A full queue from time to time makes callers wait while a connection is replaced.
    for (int at = 600; at < 3_500; at += 250) {
      s.flow(at, at + 10, 2_000);
    }
    s.behaveAtMillis = 4_000;
  }

  static void rotationWithBlock(Script s) {
    rotating(s, OverflowPolicy.BLOCK);
    s.also(Invariant.BLOCK_WAITS);
  }

  static void rotationWithReject(Script s) {
    rotating(s, OverflowPolicy.REJECT);
    s.also(Invariant.REJECT_DROPS_NOTHING);
  }

  /** The node's queue is full all the time, on each connection. */
  static void slowRotation(Script s) {
    DeliveryMode mode = s.oneOf(DeliveryMode.UNARY, DeliveryMode.STREAM);
    s.settings(
        b ->
            b.deliveryMode(mode)
                .workers(1)
                .deliveryWindow(1)
                .queueSize(10)
                .rpcTimeout(Duration.ofSeconds(2)));
    long age = s.between(200, 1_200) * Simulation.MILLI;
    s.manners =
        m -> {
          m.ageNanos = age;
          m.thinkNanos = 100 * Simulation.MILLI;
        };
    s.flow(500, 8_000, 40);
    s.behaveAtMillis = 8_000;
    s.also(Invariant.SLOW_IS_REPORTED);
  }

  /** Each node announces its end, serves its open requests, and is away for a moment. */
  static void restarts(Script s) {
    DeliveryMode mode = s.oneOf(DeliveryMode.values());
    s.settings(b -> b.deliveryMode(mode).queueSize(1_000).messageTtl(Duration.ofSeconds(20)));
    for (int at = s.between(800, 1_500); at < 5_000; at += s.between(800, 2_000)) {
      int which = s.random.nextInt(s.nodes);
      int away = s.between(1, 700);
      s.at(
          at,
          "node " + which + " restarts, and is away for " + away + " ms",
          x -> {
            x.node(which).behave(s.manners.andThen(m -> m.dials = Manners.Dials.REFUSES));
            x.node(which).leave();
            x.scheduler.after(away * Simulation.MILLI, () -> x.node(which).behave(s.manners));
          });
    }
    s.flow(500, 6_000, 50, 24, s.pick(1, 5));
    s.behaveAtMillis = 7_500;
    s.also(Invariant.ORDERLY_END_LOSES_NOTHING);
  }

  static void goAways(Script s) {
    DeliveryMode mode = s.oneOf(DeliveryMode.values());
    s.settings(b -> b.deliveryMode(mode).maxAttempts(s.pick(1, 3)));
    long think = s.pick(0, 1, 5) * Simulation.MILLI;
    s.manners = m -> m.thinkNanos = think;
    for (int i = 0; i < 6; i++) {
      int which = s.random.nextInt(s.nodes);
      Http2Error error =
          s.oneOf(
              Http2Error.NO_ERROR,
              Http2Error.NO_ERROR,
              Http2Error.ENHANCE_YOUR_CALM,
              Http2Error.INTERNAL_ERROR);
      boolean lower = s.random.nextBoolean();
      s.at(
          s.between(500, 4_000),
          "node " + which + " sends GOAWAY " + error,
          x -> x.node(which).connections().forEach(c -> c.goAway(error, lower)));
    }
    s.flow(500, 4_500, s.pick(50, 200), 24, s.pick(1, 5));
  }

  static void flapping(Script s) {
    anyMode(s);
    int every = s.between(150, 900);
    boolean orderly = s.random.nextBoolean();
    s.at(
        500,
        "every " + every + " ms connections end" + (orderly ? " in good order" : ""),
        x -> {
          for (int at = 0; at < 15_000; at += every) {
            x.scheduler.after(
                at * Simulation.MILLI, () -> x.nodes().forEach(n -> leaveOrHangUp(n, orderly)));
          }
        });
    s.flow(500, 10_000, 20);
    s.at(
        10_000,
        "a problem is to say that they flap",
        x ->
            x.snapshot()
                .forEach(
                    fanout ->
                        x.nodes()
                            .forEach(
                                node ->
                                    Checks.require(
                                        fanout.problems().stream()
                                            .anyMatch(p -> p.node().equals(node.toString())),
                                        Invariant.FLAPPING_IS_REPORTED,
                                        "%s: %s",
                                        node,
                                        fanout.problems()))));
    s.behaveAtMillis = 16_000;
    s.also(Invariant.LOG_IS_BOUNDED);
  }

  private static void leaveOrHangUp(SimulatedNode node, boolean orderly) {
    if (orderly) {
      node.leave();
    } else {
      node.hangUp();
    }
  }

  static void silence(Script s) {
    anyMode(s);
    int from = s.between(600, 2_000);
    int until = from + s.pick(500, 2_000, 8_000, 25_000);
    s.flow(500, Math.min(until, from + 4_000), s.pick(20, 100));
    s.behave(from, "is silent", m -> m.silent = true);
    s.behaveAtMillis = until;
    s.announced = true;
  }

  static void windows(Script s) {
    DeliveryMode mode = s.oneOf(DeliveryMode.values());
    s.settings(b -> b.deliveryMode(mode));
    boolean tiny = s.random.nextBoolean();
    s.networkBuffer = s.pick(1_000, 16_000, 64_000);
    for (int i = 0; i < 5; i++) {
      int streams = s.pick(0, 1, 5, 100);
      int window = s.pick(0, 1, 30, 65_535, 1 << 20);
      int table = s.pick(0, 64, 4_096);
      int frame = s.pick(16_384, 1 << 20, (1 << 24) - 1);
      Manners.Windows windows = s.oneOf(Manners.Windows.values());
      boolean reads = s.random.nextInt(4) > 0;
      s.behave(
          s.between(0, 4_000),
          "allows %d streams, %d bytes, gives back %s, %s"
              .formatted(streams, window, windows, reads ? "reads" : "does not read"),
          m -> {
            m.maxStreams = streams;
            m.initialWindow = window;
            m.headerTable = table;
            m.maxFrame = frame;
            m.windows = windows;
            m.reads = reads;
          });
    }
    s.flow(300, 4_000, s.pick(20, 100), tiny ? 24 : 500, s.pick(1, 5));
  }

  private static void disturb(Script s) {
    for (int i = 0; i < 5; i++) {
      int which = s.random.nextInt(s.nodes);
      switch (s.random.nextInt(4)) {
        case 0 ->
            s.at(s.between(600, 4_000), "node " + which + " is killed", x -> x.node(which).kill());
        case 1 ->
            s.at(s.between(600, 4_000), "node " + which + " leaves", x -> x.node(which).leave());
        case 2 ->
            s.at(
                s.between(600, 4_000),
                "node " + which + " sends GOAWAY",
                x -> x.node(which).connections().forEach(c -> c.goAway(Http2Error.NO_ERROR, true)));
        default -> {
          int odd = s.between(2, 9);
          s.behave(
              s.between(600, 4_000),
              "refuses each " + odd + "th",
              m -> {
                m.oddEach = odd;
                m.odd = Answer.INTERNAL;
              });
        }
      }
    }
  }

  static void orderOfOneWorker(Script s) {
    DeliveryMode mode = s.oneOf(DeliveryMode.values());
    s.settings(b -> b.deliveryMode(mode).workers(1).maxAttempts(1));
    disturb(s);
    s.flow(500, 4_500, s.pick(50, 200), 24, s.pick(1, 5));
    s.also(Invariant.ORDER_IS_KEPT);
  }

  static void orderOfRooms(Script s) {
    s.settings(
        b ->
            b.deliveryMode(DeliveryMode.STREAM)
                .workers(s.between(2, 5))
                .deliveryWindow(s.pick(1, 3, 1_000))
                .maxAttempts(1));
    disturb(s);
    s.flow(500, 4_500, s.pick(50, 200), 24, 6);
    s.also(Invariant.ORDER_IS_KEPT);
  }

  static void oddAnswers(Script s) {
    DeliveryMode mode = s.oneOf(DeliveryMode.values());
    s.settings(
        b ->
            b.deliveryMode(mode)
                .maxAttempts(s.pick(1, 2, 4))
                .initialBackoff(Duration.ofMillis(20))
                .maxBackoff(Duration.ofMillis(300)));
    for (int i = 0; i < 3; i++) {
      Answer odd =
          s.oneOf(
              Answer.UNAVAILABLE,
              Answer.INTERNAL,
              Answer.REFUSED,
              Answer.RESET,
              Answer.NEVER,
              Answer.HEADERS_ALONE,
              Answer.LONG_ERROR,
              Answer.UNIMPLEMENTED);
      int each = s.between(2, 10);
      s.behave(
          s.between(300, 3_500),
          "answers each " + each + "th with " + odd,
          m -> {
            m.oddEach = each;
            m.odd = odd;
            m.acksByBytes = true;
          });
    }
    s.flow(500, 4_500, s.pick(20, 100), 24, s.pick(1, 5));
  }

  /** A next attempt is due while the connection is replaced, and no other message comes. */
  static void attemptBetween(Script s) {
    s.nodes = 1;
    s.latencyMicros = 20_000;
    s.settings(
        b ->
            b.deliveryMode(DeliveryMode.UNARY)
                .maxAttempts(3)
                .initialBackoff(Duration.ofMillis(50))
                .maxBackoff(Duration.ofMillis(300)));
    s.behaveAll(300, "are away", m -> m.calls = Answer.UNAVAILABLE);
    s.flow(1_000, 1_001, 1_000);
    s.at(1_000 + s.between(20, 100), "the node leaves", x -> x.node(0).leave());
    s.behaveAtMillis = 2_000;
  }

  static void longErrors(Script s) {
    s.settings(b -> b.deliveryMode(DeliveryMode.UNARY));
    int each = s.between(5, 20);
    s.behaveAll(
        400,
        "refuse each " + each + "th with a long text",
        m -> {
          m.oddEach = each;
          m.odd = Answer.LONG_ERROR;
        });
    s.flow(500, 2_500, s.pick(50, 200));
    s.behaveAtMillis = 3_000;
    s.also(Invariant.ERROR_COSTS_ONE_ANSWER);
  }

  static void failsEverything(Script s) {
    anyMode(s);
    s.behaveAll(
        500,
        "fail everything",
        m -> {
          m.calls = Answer.INTERNAL;
          m.streams = Answer.INTERNAL;
        });
    s.flow(500, 8_500, s.pick(5, 20));
    s.behaveAtMillis = 9_000;
    s.also(Invariant.FAILING_IS_REPORTED);
  }

  static void idleStreams(Script s) {
    s.settings(b -> b.deliveryMode(s.oneOf(DeliveryMode.AUTO, DeliveryMode.STREAM)));
    long cut = s.between(10_000, 12_000);
    s.manners = m -> m.idleCutNanos = cut * Simulation.MILLI;
    for (long at = 500; at < 30_000; at += cut) {
      s.flow(at, at + 50, 200, 24, 4);
    }
    s.behaveAtMillis = 35_000;
    s.also(Invariant.QUIET_STREAM_IS_ENDED);
  }

  static void shortTtl(Script s) {
    DeliveryMode mode = s.oneOf(DeliveryMode.values());
    int ttl = s.pick(1, 1, 2, 5);
    s.settings(b -> b.deliveryMode(mode).messageTtl(Duration.ofMillis(ttl)).workers(50));
    s.flow(1_000, 2_000, s.pick(20, 300, 3_000), 24, s.pick(1, 10));
    for (int at = 1_000; at < 2_000; at += 50) {
      s.at(at, "loops are busy for 2 ms", x -> x.busy(2 * Simulation.MILLI));
    }
    s.behaveAtMillis = 3_500;
    s.also(Invariant.IDLE_NODE_MEETS_ANY_TTL);
  }
}
