package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.it.History.Times;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests of the checker, since a checker that finds nothing would let every other test pass. */
class HistoryTest {
  private static final String A = "a:1";
  private static final String B = "b:1";

  private static Reply ok(int id, String... droppedNodes) {
    int dropped = droppedNodes.length;
    return reply(id, "OK", 2 - dropped, Set.of(droppedNodes));
  }

  private static Reply ended(int id, String status) {
    return reply(id, status, 0, Set.of());
  }

  private static Reply reply(int id, String status, int accepted, Set<String> droppedNodes) {
    int dropped = droppedNodes.size();
    return new Reply(
        id,
        "",
        status,
        "",
        0,
        "",
        "",
        "",
        2,
        accepted,
        dropped,
        droppedNodes,
        0,
        0,
        0,
        1,
        List.of());
  }

  private static NodeRecord received(Integer... ids) {
    return new NodeRecord(ids.length, ids.length, 0, 1, 0, Instant.EPOCH, List.of(ids), List.of());
  }

  private static History history(List<Reply> replies, NodeRecord a, NodeRecord b) {
    return new History(replies, Map.of(A, a, B, b));
  }

  private static NodeStatus ledger(String address, long enqueued, long queueFull) {
    return new NodeStatus(
        address, "connected", 0, 0, enqueued, enqueued, 0, 0, Map.of("queue_full", queueFull));
  }

  @Test
  void promisedMessagesAreAccepted() {
    history(
            List.of(ok(1), ok(2, B), ended(3, "UNAVAILABLE"), ended(4, "CANCELLED")),
            received(1, 2, 4),
            received(1, 4))
        .delivered(Times.ONCE)
        .openCallsReachedAllOrNone()
        .inOrder(A)
        .agreesWith(List.of(ledger(A, 3, 0), ledger(B, 2, 1)));
  }

  @Test
  void messagesForOtherNodesAreNotAccepted() {
    History history =
        history(List.of(ok(1), ok(2)), received(1, 2), received(2))
            .of(B, reply -> reply.id() > 1)
            .delivered(Times.ONCE);
    assertThatThrownBy(() -> history.of(B, reply -> reply.id() < 2).delivered(Times.ONCE))
        .hasMessageContaining("lost: 1 [1]")
        .hasMessageContaining("received though not accepted: 1 [2]");
  }

  @Test
  void lostMessageIsFound() {
    History history = history(List.of(ok(1), ok(2)), received(1, 2), received(1));
    assertThatThrownBy(() -> history.delivered(Times.ONCE))
        .hasMessageContaining(B)
        .hasMessageContaining("lost: 1 [2]");
    history.deliveredBut(B, 1, Times.ONCE);
  }

  @Test
  void doubledMessageIsFound() {
    History history = history(List.of(ok(1)), received(1), received(1, 1));
    assertThatThrownBy(() -> history.delivered(Times.ONCE))
        .hasMessageContaining(B)
        .hasMessageContaining("doubled: 1 [1]");
    history.delivered(Times.ONCE_OR_MORE);
  }

  @Test
  void messageThatTheNodeDroppedIsNotToArrive() {
    assertThatThrownBy(
            () -> history(List.of(ok(1, B)), received(1), received(1)).delivered(Times.ONCE))
        .hasMessageContaining("not accepted: 1 [1]");
  }

  @Test
  void messageOfARefusedCallIsNotToArrive() {
    assertThatThrownBy(
            () ->
                history(List.of(ended(1, "UNAVAILABLE")), received(1), received())
                    .delivered(Times.ONCE_OR_MORE))
        .hasMessageContaining(A)
        .hasMessageContaining("not accepted: 1 [1]");
  }

  @Test
  void messageThatNoCallerSentIsFound() {
    assertThatThrownBy(
            () -> history(List.of(ok(1)), received(1, 0), received(1)).delivered(Times.ONCE))
        .hasMessageContaining("not accepted: 1 [0]");
  }

  @Test
  void wrongOrderIsFound() {
    assertThatThrownBy(
            () -> history(List.of(ok(1), ok(2)), received(2, 1), received(1, 2)).inOrder(A))
        .hasMessageContaining("1 after 2");
  }

  @Test
  void cancelledCallThatReachedOneNodeOfTwoIsFound() {
    History history = history(List.of(ended(1, "CANCELLED")), received(1), received());
    assertThatThrownBy(history::openCallsReachedAllOrNone)
        .hasMessageContaining(B)
        .hasMessageContaining("1 [1]");
  }

  @Test
  void faultWithoutLoadProvesNothing() {
    History history = history(List.of(ok(1), ok(2), ok(3)), received(1, 2, 3), received(1, 2, 3));
    history.loadFlowed(A, 2, 1);
    assertThatThrownBy(() -> history.loadFlowed(A, 2, 2)).hasMessageContaining("after the fault");
    assertThatThrownBy(() -> history.loadFlowed(A, 0, 1)).hasMessageContaining("before the fault");
  }

  @Test
  void ledgerThatDoesNotBalanceOrHasOtherCountsIsFound() {
    History history = history(List.of(ok(1), ok(2, B)), received(1, 2), received(1));
    assertThatThrownBy(() -> history.agreesWith(List.of(ledger(A, 1, 0))))
        .hasMessageContaining("enqueued at a:1");
    assertThatThrownBy(() -> history.agreesWith(List.of(ledger(B, 1, 0))))
        .hasMessageContaining("dropped before b:1");
    NodeStatus leaky = new NodeStatus(A, "connected", 0, 0, 2, 1, 0, 0, Map.of());
    assertThatThrownBy(() -> history.agreesWith(List.of(leaky))).hasMessageContaining("balance");
  }

  @Test
  void manyIdsAreCutShort() {
    List<Reply> replies = IntStream.rangeClosed(1, 500).mapToObj(id -> ok(id)).toList();
    assertThatThrownBy(() -> history(replies, received(), received()).delivered(A, Times.ONCE))
        .hasMessageContaining("lost: 500 [1, 2, 3,")
        .hasMessageContaining("20]…");
  }

  @Test
  void callsThatADyingServerLeftUnansweredMayHaveArrivedOrNot() {
    List<Reply> replies = List.of(ok(1), ended(2, "UNAVAILABLE"), ended(3, "UNAVAILABLE"));
    history(replies, received(1, 2), received(1, 2))
        .unknown(reply -> reply.id() == 2)
        .delivered(Times.ONCE);
    assertThatThrownBy(
            () ->
                history(replies, received(1, 3), received(1))
                    .unknown(reply -> reply.id() == 2)
                    .delivered(Times.ONCE))
        .hasMessageContaining("received though not accepted: 1 [3]");
  }

  @Test
  void repeatedArrivalBreaksNoOrderAndLateFirstArrivalDoes() {
    List<Reply> replies = List.of(ok(1), ok(2), ok(3));
    History history = history(replies, received(1, 2, 1, 2, 3), received(1, 3, 2));
    history.firstArrivalsInOrder(A, 1);
    history.firstArrivalsInOrder(B, 2);
    assertThatThrownBy(() -> history.firstArrivalsInOrder(B, 1)).hasMessageContaining("2 after 3");
  }

  @Test
  void acceptedMessagesThatDidNotArriveAreCounted() {
    History history = history(List.of(ok(1), ok(2), ok(3, A)), received(2), received());
    assertThat(history.lost(A)).isEqualTo(1);
    assertThat(history.lost(B)).isEqualTo(3);
  }
}
