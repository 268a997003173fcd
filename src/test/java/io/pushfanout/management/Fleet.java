package io.pushfanout.management;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.interest.NodeRooms.Routing;
import io.pushfanout.management.page.PageData;
import io.pushfanout.management.page.PageData.Callers;
import io.pushfanout.management.page.PageData.Replica;
import io.pushfanout.management.page.PageData.Service;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.NodeLedger;
import io.pushfanout.queue.TransportMode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Snapshots for tests, with a different value in every field. */
public final class Fleet {
  static final FanoutName CHAT = FanoutName.parse("prod/chat");

  /** Enqueued are 109 = 70 + (4 + 1) + 5 + (6 + 2 + 1 + 3) + 10 + 7. */
  public static final NodeLedger LEDGER =
      new NodeLedger(
          109,
          70,
          Map.of(StatusCode.UNAVAILABLE, 4L, StatusCode.INTERNAL, 1L),
          5,
          Map.of(
              DropReason.QUEUE_FULL, 11L,
              DropReason.TOO_LARGE, 8L,
              DropReason.EVICTED, 6L,
              DropReason.RETIRED, 2L,
              DropReason.SHED, 1L,
              DropReason.SHUTDOWN, 3L),
          10,
          2560,
          7);

  public static final NodeLedger IDLE = new NodeLedger(0, 0, Map.of(), 0, Map.of(), 0, 0, 0);

  /** The data of the live page, without sources and replicas. */
  public static final PageData PAGE =
      new PageData(
          "1.2.3",
          () -> List.of(new Service("connect-node", 3, "answers")),
          () -> new Callers(2, 1, Map.of("calls", 4L)),
          _ -> "chat.yaml:3",
          _ -> List.of(new Replica("pf-0", 3, 2, 1, 0), new Replica("pf-1", 3, 2, 2, 1)));

  private Fleet() {}

  public static NodeSnapshot node(String address, NodeState state, NodeLedger ledger) {
    boolean connected = state == NodeState.CONNECTED || state == NodeState.SLOW;
    FanoutSettings settings = FanoutSettings.DEFAULT.toBuilder().workers(20).queueSize(500).build();
    return new NodeSnapshot(
        NodeAddress.parse(address),
        CHAT,
        settings,
        state,
        Duration.ofSeconds(40),
        connected,
        true,
        connected ? "" : "refused",
        connected ? TransportMode.UNARY : TransportMode.PAUSED,
        Routing.EVERYTHING,
        0,
        List.of(),
        ledger);
  }

  public static FanoutSnapshot chat(NodeSnapshot... nodes) {
    return chat(List.of(nodes));
  }

  public static FanoutSnapshot chat(List<NodeSnapshot> nodes) {
    return new FanoutSnapshot(
        CHAT,
        3,
        FanoutSettings.DEFAULT,
        nodes,
        List.of(new Problem("10.0.0.9:50052", ProblemReason.UNREACHABLE, "refused for 7s")),
        true,
        false,
        List.of());
  }

  static List<NodeSnapshot> nodes(int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(i -> node("n%d:50052".formatted(i), NodeState.CONNECTED, LEDGER))
        .toList();
  }
}
