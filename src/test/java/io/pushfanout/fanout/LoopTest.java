package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.pushfanout.delivery.LoopDetector;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import io.pushfanout.tools.LoggedLines;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node that refuses messages because they have passed it before. */
class LoopTest {
  @RegisterExtension private final LoggedLines lines = new LoggedLines(LoopDetector.class);

  private static List<ProblemReason> reasons(Rig rig) {
    return rig.engine.snapshot().getFirst().problems().stream().map(Problem::reason).toList();
  }

  @Test
  void itIsAProblemForThirtySecondsAndUntilADelivery() {
    Rig rig = Rig.with(s -> s, "a", "b");
    rig.sendAll("1", "2");
    rig.node("a").refuseLoop();
    assertThat(rig.engine.snapshot().getFirst().problems())
        .extracting(Problem::node, Problem::reason)
        .containsExactly(tuple("a:1", ProblemReason.LOOP));

    rig.loop.advance(Duration.ofMinutes(10));
    assertThat(reasons(rig)).as("no delivery").containsExactly(ProblemReason.LOOP);
    rig.node("b").answerAll();
    assertThat(reasons(rig)).as("another node's").containsExactly(ProblemReason.LOOP);
    rig.node("a").answer(0, StatusCode.FAILED_PRECONDITION);
    assertThat(reasons(rig)).as("a failure").containsExactly(ProblemReason.LOOP);
    rig.send("3");
    rig.node("a").answerAll();
    assertThat(reasons(rig)).isEmpty();
  }

  @Test
  void aDeliverySoonAfterTheRefusalEndsItThirtySecondsAfterTheLastOne() {
    Rig rig = Rig.with(s -> s, "a");
    rig.sendAll("1", "2", "3");
    rig.node("a").refuseLoop();
    rig.loop.advance(Duration.ofSeconds(20));
    rig.node("a").refuseLoop();
    rig.node("a").answerOne();
    rig.loop.advance(Duration.ofSeconds(29));
    assertThat(reasons(rig)).containsExactly(ProblemReason.LOOP);
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(reasons(rig)).isEmpty();
  }

  @Test
  void anAcknowledgementOnAStreamIsADeliveryAndAFailureIsNone() {
    Rig rig = Rig.streaming(s -> s.workers(1), "a");
    rig.sendAll("1", "2");
    ScriptedStream stream = rig.node("a").streams.getFirst();
    rig.node("a").refusedLoop();
    rig.loop.advance(Duration.ofSeconds(1));
    stream.acknowledge(1, List.of(new DeliveryFailure(0, StatusCode.FAILED_PRECONDITION, "")));
    rig.loop.advance(Duration.ofSeconds(30));
    assertThat(reasons(rig)).containsExactly(ProblemReason.LOOP);
    rig.send("3");
    rig.node("a").streams.getLast().acknowledge(1);
    assertThat(reasons(rig)).isEmpty();
  }

  @Test
  void theLogHasALineForEachTimeThatItBegins() {
    Rig rig = Rig.with(s -> s, "a");
    rig.sendAll("1", "2", "3", "4");
    rig.node("a").refuseLoop();
    rig.node("a").answerOne();
    rig.node("a").refuseLoop();
    assertThat(lines.all()).hasSize(1).first().asString().startsWith("WARN a:1: messages go round");
    rig.node("a").answerOne();
    rig.loop.advance(Duration.ofSeconds(31));
    rig.send("5");
    rig.node("a").refuseLoop();
    assertThat(lines.all()).hasSize(2);
  }

  @Test
  void itGoesWithTheNode() {
    Rig rig = Rig.with(s -> s, "a");
    rig.send("1");
    rig.node("a").refuseLoop();
    rig.apply(s -> s);
    rig.loop.advance(Duration.ofSeconds(1));
    assertThat(reasons(rig)).isEmpty();
  }

  @Test
  void aNodeGetsItsFanoutsTargetAndEachChangeOfIt() {
    Rig rig = Rig.with(s -> s.deliveryTarget("prod/chat"), "a");
    rig.apply(s -> s.deliveryTarget("prod/chat").workers(2), "a");
    rig.apply(s -> s.deliveryTarget("all"), "a");
    rig.apply(s -> s, "a");

    assertThat(rig.node("a").targets.toString()).isEqualTo("[prod/chat, all, null]");
    assertThat(rig.everOpened).hasSize(1);
  }
}
