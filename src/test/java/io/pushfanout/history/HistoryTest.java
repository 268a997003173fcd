package io.pushfanout.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.interest.NodeRooms.Routing;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.model.NodeState;
import io.pushfanout.queue.NodeLedger;
import io.pushfanout.queue.TransportMode;
import io.pushfanout.tools.LoggedLines;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HistoryTest {
  private static final FanoutName CHAT = FanoutName.parse("acme/chat");

  @RegisterExtension private final LoggedLines lines = new LoggedLines(History.class);

  private long nanos;
  private List<FanoutSnapshot> running = List.of();
  private final History history = new History(() -> running, () -> nanos);

  @Test
  void nodesThatComeAndGoAreNamedWithTheirFanout() {
    poll(connected("a:1"), connected("b:1"));
    poll(connected("b:1"));

    assertThat(lines.all())
        .containsExactly(
            "INFO fanout acme/chat: 2 nodes added: a:1, b:1",
            "INFO fanout acme/chat: 1 node removed: a:1");
  }

  @Test
  void aFleetThatIsDeadIsOneLine() {
    poll(nodes(1000, NodeState.CONNECTING));
    poll(nodes(1000, NodeState.UNREACHABLE));
    poll(nodes(1000, NodeState.CONNECTED));

    assertThat(lines.all())
        .containsExactly(
            "INFO fanout acme/chat: 1000 nodes added: n1:1, n10:1, n100:1, n1000:1, n101:1 and 995"
                + " more",
            "WARN fanout acme/chat: 1000 nodes unreachable: n1:1 (connection refused), n10:1"
                + " (connection refused), n100:1 (connection refused), n1000:1 (connection"
                + " refused), n101:1 (connection refused) and 995 more",
            "INFO fanout acme/chat: 1000 nodes reachable again: n1:1, n10:1, n100:1, n1000:1,"
                + " n101:1 and 995 more");
  }

  @Test
  void everyComingAndGoingIsWrittenWithinFiveSecondsHoweverOftenItHappens() {
    for (int i = 0; i < 20; i++) {
      poll(connected("a:1"));
      poll();
    }
    poll();
    poll();

    long added = lines.all().stream().filter(line -> line.contains("added")).count();
    long removed = lines.all().stream().filter(line -> line.contains("removed")).count();
    assertThat(added).isEqualTo(removed).isBetween(8L, 14L);
    assertThat(lines.all().getLast()).isEqualTo("INFO fanout acme/chat: 1 node removed: a:1");
  }

  @Test
  void aKindThatWasJustWrittenHoldsUpNoOther() {
    poll(connected("a:1"));
    poll(node("a:1", NodeState.SLOW, 600, 0));

    assertThat(lines.all())
        .endsWith("WARN fanout acme/chat: 1 node slow: a:1 (600 of 1000 messages wait, 0 dropped)");
  }

  @Test
  void aNodeThatIsSlowRecoversOnceItIsConnectedAndNotWhileItIsDialled() {
    poll(connected("a:1"));
    poll(node("a:1", NodeState.SLOW, 600, 0));
    poll(node("a:1", NodeState.CONNECTING, 600, 0));
    assertThat(lines.all()).hasSize(2);
    poll(connected("a:1"));

    assertThat(lines.all()).endsWith("INFO fanout acme/chat: 1 node no longer slow: a:1");
  }

  @Test
  void queuesThatFillAreWrittenBeforeAndWhenTheyDropAndOnceTheyHaveRoom() {
    poll(connected("a:1"), connected("b:1"));
    poll(node("a:1", NodeState.CONNECTED, 900, 0), node("b:1", NodeState.CONNECTED, 0, 7));
    poll(node("a:1", NodeState.CONNECTED, 500, 0), node("b:1", NodeState.CONNECTED, 0, 7));
    poll(node("a:1", NodeState.CONNECTED, 499, 0), node("b:1", NodeState.CONNECTED, 0, 7));
    poll(connected("a:1"), node("b:1", NodeState.CONNECTED, 0, 7));
    poll(connected("a:1"), node("b:1", NodeState.CONNECTED, 0, 7));

    assertThat(lines.all())
        .containsSubsequence(
            "WARN fanout acme/chat: 2 nodes with a full queue: a:1 (900 of 1000 messages wait, 0"
                + " dropped), b:1 (0 of 1000 messages wait, 7 dropped)",
            "INFO fanout acme/chat: 1 node with room in the queue again: b:1",
            "INFO fanout acme/chat: 1 node with room in the queue again: a:1");
  }

  @Test
  void aQueueThatGoesOnDroppingIsWrittenLessAndLessOften() {
    for (int i = 0; i < 600; i++) {
      poll(node("a:1", NodeState.SLOW, 1000, 10L * i));
    }

    assertThat(lines.all().stream().filter(line -> line.contains("messages dropped")))
        .hasSizeBetween(4, 6)
        .first()
        .asString()
        .matches("WARN fanout acme/chat: \\d+ messages dropped for full queues of a:1");
  }

  @Test
  void aSpecIsWrittenWithAllFieldsAndThenWithChangedFields() {
    apply(spec(1, FanoutSettings.DEFAULT, List.of()));
    poll();
    apply(
        spec(
            2,
            FanoutSettings.DEFAULT.toBuilder()
                .workers(20)
                .queueSize(5)
                .deliveryLinger(Duration.ofMillis(4))
                .build(),
            List.of(new NodeOverride("big", List.of("a:*"), 7, null, null, null))));
    poll();
    apply(spec(3, FanoutSettings.DEFAULT, List.of()));
    poll();
    history.handedOver(List.of(), CompletableFuture.completedFuture(null));
    poll();

    assertThat(lines.all().getFirst())
        .startsWith("INFO fanout acme/chat: spec applied, generation 1: discovery.etcd.serviceName")
        .contains("workers 10, queueSize 1000, queueBytes 64Mi, overflowPolicy DropNewest")
        .contains("delivery.window 1000, delivery.linger 1ms");
    assertThat(lines.all().subList(1, 4))
        .containsExactly(
            "INFO fanout acme/chat: spec applied, generation 2: workers 10 → 20, queueSize 1000 →"
                + " 5, delivery.linger 1ms → 4ms, overrides.big none → {nodes a:*; workers 7}",
            "INFO fanout acme/chat: spec applied, generation 3: workers 20 → 10, queueSize 5 →"
                + " 1000, delivery.linger 4ms → 1ms, overrides.big {nodes a:*; workers 7} → none",
            "INFO fanout acme/chat: spec removed; its nodes retire");
  }

  @Test
  void aSpecIsNotAppliedBeforeItIsInForceAndAnOlderOneNeverFollowsANewerOne() {
    CompletableFuture<Void> older = new CompletableFuture<>();
    history.handedOver(List.of(spec(1, FanoutSettings.DEFAULT, List.of())), older);
    poll();
    assertThat(lines.all()).isEmpty();

    apply(spec(2, FanoutSettings.DEFAULT, List.of()));
    older.complete(null);
    poll();
    assertThat(lines.all()).singleElement().asString().contains("generation 2");
  }

  @Test
  void anEditThatChangesNoFieldIsNotLogged() {
    apply(spec(1, FanoutSettings.DEFAULT, List.of()));
    poll();
    apply(spec(2, FanoutSettings.DEFAULT, List.of()));
    poll();

    assertThat(lines.all()).hasSize(1);
  }

  @Test
  void aNamespaceOfManyFanoutsHasABoundOfItsOwn() {
    List<FanoutSpec> many =
        IntStream.range(0, 500)
            .mapToObj(
                i ->
                    FanoutSpec.of(
                        FanoutName.parse("crowd/f" + i), FanoutSettings.DEFAULT, Discovery.DEFAULT))
            .toList();
    history.handedOver(many, CompletableFuture.completedFuture(null));
    poll(connected("a:1"));

    assertThat(lines.all())
        .hasSize(History.LINES + 1)
        .endsWith("INFO fanout acme/chat: 1 node added: a:1");
  }

  @Test
  void textOfANodeCannotEndTheLine() {
    poll(
        new NodeSnapshot(
            NodeAddress.parse("a:1"),
            CHAT,
            FanoutSettings.DEFAULT,
            NodeState.UNREACHABLE,
            Duration.ZERO,
            false,
            true,
            "gone\n" + "x".repeat(10_000),
            TransportMode.UNARY,
            Routing.EVERYTHING,
            0,
            List.of(),
            ledger(0, 0)));

    assertThat(lines.all()).allMatch(line -> line.length() < 400 && !line.contains("\n"));
  }

  private void apply(FanoutSpec spec) {
    history.handedOver(List.of(spec), CompletableFuture.completedFuture(null));
  }

  /** Polls a second later. */
  private void poll(NodeSnapshot... nodes) {
    nanos += Duration.ofSeconds(1).toNanos();
    running =
        List.of(
            new FanoutSnapshot(
                CHAT,
                1,
                FanoutSettings.DEFAULT,
                List.of(nodes),
                List.of(),
                true,
                false,
                List.of()));
    history.poll();
  }

  private static FanoutSpec spec(
      long generation, FanoutSettings settings, List<NodeOverride> overrides) {
    return new FanoutSpec(CHAT, generation, Instant.EPOCH, settings, overrides, Discovery.DEFAULT);
  }

  private static NodeSnapshot[] nodes(int count, NodeState state) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> node("n" + i + ":1", state, 0, 0))
        .toArray(NodeSnapshot[]::new);
  }

  private static NodeSnapshot connected(String address) {
    return node(address, NodeState.CONNECTED, 0, 0);
  }

  private static NodeSnapshot node(String address, NodeState state, int queued, long dropped) {
    boolean connected = Set.of(NodeState.CONNECTED, NodeState.SLOW).contains(state);
    return new NodeSnapshot(
        NodeAddress.parse(address),
        CHAT,
        FanoutSettings.DEFAULT,
        state,
        Duration.ZERO,
        connected,
        true,
        connected ? "" : "connection refused",
        TransportMode.UNARY,
        Routing.EVERYTHING,
        0,
        List.of(),
        ledger(queued, dropped));
  }

  private static NodeLedger ledger(int queued, long dropped) {
    return new NodeLedger(
        queued,
        0,
        Map.of(),
        0,
        dropped == 0 ? Map.of() : Map.of(DropReason.QUEUE_FULL, dropped),
        queued,
        queued,
        0);
  }
}
