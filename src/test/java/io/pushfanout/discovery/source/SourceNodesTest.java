package io.pushfanout.discovery.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.delivery.FakeLoop;
import io.pushfanout.discovery.source.SourceNodes.Found;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
import io.pushfanout.tools.LoggedLines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The hand-overs of one source, on a clock of the test. */
class SourceNodesTest {
  private static final Trouble AWAY = new Trouble(false, "no answer in time");

  @RegisterExtension private final LoggedLines lines = new LoggedLines(SourceOutages.class);

  private final FakeLoop loop = new FakeLoop();
  private final List<Registrations> told = new ArrayList<>();
  private final List<Trouble> unanswered = new ArrayList<>();
  private final SourceNodes nodes =
      new SourceNodes("dns:a:1", new SourceOutages("DNS"), loop, new Recorder(), loop::nanoTime);

  private final class Recorder implements NodeDiscovery.Listener {
    @Override
    public void registrations(String source, Registrations registrations) {
      told.add(registrations);
    }

    @Override
    public void unanswered(String source, Trouble why) {
      unanswered.add(why);
    }

    @Override
    public void forgotten(String source) {}
  }

  private static NodeAddress node(int i) {
    return new NodeAddress("n" + i, 1);
  }

  private static Set<NodeAddress> some(int from, int to) {
    return IntStream.range(from, to).mapToObj(SourceNodesTest::node).collect(Collectors.toSet());
  }

  private void found(Set<NodeAddress> present, Set<NodeAddress> leaving) {
    nodes.found(new Found(present, leaving, List.of()));
  }

  @Test
  void theFirstAnswerIsHandedOverAtOnceAndLaterChangesInAWindow() {
    found(some(0, 2), Set.of());
    assertThat(told).hasSize(1);

    found(some(0, 2), Set.of());
    loop.advance(Duration.ofSeconds(1));
    assertThat(told).as("no change").hasSize(1);

    found(some(1, 4), Set.of());
    assertThat(told).hasSize(1);
    loop.advance(RegistrationPublisher.WINDOW);
    assertThat(told.getLast().nodes()).isEqualTo(some(1, 4));
    assertThat(told.getLast().announced()).isEqualTo(some(2, 4));
  }

  /** An end that begins and is over within one window must not look like a lost registration. */
  @Test
  void aNodeThatWasLeavingWithinTheWindowIsReportedAsLeaving() {
    found(some(0, 3), Set.of());
    found(some(0, 2), some(2, 3));
    found(some(0, 2), Set.of());
    loop.advance(RegistrationPublisher.WINDOW);
    assertThat(told.getLast().leaving()).isEqualTo(some(2, 3));

    found(some(0, 1), Set.of());
    loop.advance(RegistrationPublisher.WINDOW);
    assertThat(told.getLast().leaving()).isEmpty();
  }

  @Test
  void aShortFailureIsNoNewsAndALongOneIsReportedOnce() {
    found(some(0, 2), Set.of());
    nodes.lost(AWAY);
    loop.advance(Duration.ofMillis(999));
    found(some(0, 2), Set.of());
    loop.advance(Duration.ofSeconds(5));
    assertThat(told).hasSize(1);

    nodes.lost(AWAY);
    loop.advance(Duration.ofSeconds(2));
    nodes.lost(AWAY);
    loop.advance(Duration.ofSeconds(20));
    assertThat(told).hasSize(2);
    assertThat(told.getLast().trouble()).isEqualTo(AWAY);
    assertThat(told.getLast().nodes()).isEqualTo(some(0, 2));
    assertThat(nodes.problem()).isEqualTo(AWAY.reason());

    found(some(0, 2), Set.of());
    assertThat(told.getLast().degraded()).isFalse();
    assertThat(lines.all())
        .containsExactly(
            "WARN DNS gives no nodes of dns:a:1, the nodes last known stay: no answer in time",
            "INFO DNS gives the nodes of dns:a:1 again");
  }

  @Test
  void aMissingAnswerHoldsUpAStartForFiveSecondsAndARefusalNotAtAll() {
    nodes.lost(AWAY);
    loop.advance(SourceNodes.GIVES_UP.minusNanos(1));
    assertThat(nodes.hasGivenUp()).isFalse();
    assertThat(unanswered).containsExactly(AWAY);
    loop.advance(Duration.ofNanos(1));
    assertThat(nodes.hasGivenUp()).isTrue();

    found(Set.of(), Set.of());
    assertThat(nodes.hasGivenUp()).isFalse();

    SourceNodes other =
        new SourceNodes("b", new SourceOutages("DNS"), loop, new Recorder(), loop::nanoTime);
    other.lost(new Trouble(true, "forbidden"));
    assertThat(other.hasGivenUp()).isTrue();
    assertThat(lines.all()).last().isEqualTo("WARN DNS refuses to list the nodes of b: forbidden");
  }

  @Test
  void nodesBeyondTheLimitDoNotReplaceThoseInUse() {
    found(some(5, 10), Set.of());
    found(some(0, Bounds.REGISTERED_NODES_MAX + 3), Set.of());
    loop.advance(RegistrationPublisher.WINDOW);

    Registrations last = told.getLast();
    assertThat(last.nodes()).hasSize(Bounds.REGISTERED_NODES_MAX);
    assertThat(last.nodes().containsAll(some(5, 10))).isTrue();
    assertThat(last.malformed()).singleElement().extracting("key").isEqualTo("dns:a:1");
  }
}
