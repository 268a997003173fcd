package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The amount of work of one step of a node's streams, and the lanes that remain. */
class StreamStepsTest {
  private static final long NOW = 1_000_000_000_000L;

  private final WaitingMessages waiting = new WaitingMessages();
  private final List<QueuedMessage> expired = new ArrayList<>();
  private final Streams streams =
      new Streams(waiting, new Ttl(Duration.ofSeconds(1)), expired::add, new CountedWakeups());
  private long next;

  private QueuedMessage add(int room) {
    Payload payload = new Payload(Rpc.BROADCAST, new byte[1]).inRoom(room);
    QueuedMessage message = QueuedMessage.alone(payload, NOW, next++);
    waiting.add(message);
    return message;
  }

  private List<QueuedMessage> send(StreamSlot stream) {
    List<QueuedMessage> batch = new ArrayList<>();
    streams.takeBatch(stream, 1 << 20, batch, NOW);
    return batch;
  }

  private void acknowledge(StreamSlot stream, int count) {
    for (int i = 0; i < count; i++) {
      streams.lanes().settled(stream, stream.pollUnacknowledged());
    }
  }

  @Test
  void roomsWithNothingUnsettledAreForgotten() {
    streams.resize(1, 10_000);
    IntStream.range(0, 6_000).forEach(room -> add(room * 31));
    while (streams.grantNew() && streams.isUnfinished()) {
      streams.continueUnfinished(NOW);
    }
    assertThat(streams.lanes().laneCount()).isBetween(900, 1024);
    StreamSlot stream = requireNonNull(streams.ready().poll());
    acknowledge(stream, send(stream).size());
    assertThat(streams.lanes().unsettled()).isZero();
    assertThat(streams.lanes().laneCount()).isZero();
  }

  @Test
  void roomsOfALostStreamAreRememberedForItsPauseAlone() {
    streams.resize(2, 10);
    add(1);
    add(2);
    assertThat(streams.refill()).isTrue();
    StreamSlot stream = requireNonNull(streams.ready().poll());
    send(stream);
    streams.lost(stream, new ArrayList<>(List.of(stream.pollUnacknowledged())));
    assertThat(streams.lanes().laneCount()).isEqualTo(2);
    waiting.takeRun();
    streams.forgetDeparted();
    streams.resume(stream);
    assertThat(streams.lanes().laneCount()).as("the other's").isEqualTo(1);
  }

  @Test
  void oneStepSkipsALimitedNumberOfMessagesAndTheNextContinues() {
    streams.resize(2, 1);
    int many = 3 * StepAllowance.MAX;
    IntStream.range(0, many).forEach(_ -> add(1));
    QueuedMessage other = add(2);
    int steps = 0;
    do {
      long before = seen();
      streams.continueUnfinished(NOW);
      boolean _ = streams.refill();
      steps++;
      assertThat(seen() - before).isBetween(1L, (long) StepAllowance.MAX);
    } while (streams.isUnfinished());
    assertThat(steps).isBetween(3, 5);
    assertThat(other.isWaiting()).as("it holds up no other room").isFalse();
  }

  /** The sequence of the first message that no step has come to. */
  private long seen() {
    QueuedMessage first = waiting.peekCursor();
    return first == null ? next : first.sequence;
  }

  @Test
  void skippedMessagesThatHaveLeftAreForgottenInSmallSteps() {
    streams.resize(2, 1);
    int many = 3 * StepAllowance.MAX;
    IntStream.range(0, many).forEach(_ -> add(1));
    QueuedMessage last = add(1);
    while (streams.refill() || streams.isUnfinished()) {
      streams.continueUnfinished(NOW);
    }
    StreamSlot stream = requireNonNull(streams.ready().poll());
    send(stream);
    while (requireNonNull(waiting.peekRun()).youngest().sequence < last.sequence) {
      waiting.takeRun();
    }
    while (waiting.peek() != last) {
      waiting.remove(requireNonNull(waiting.peek()));
    }
    acknowledge(stream, 1);
    int steps = 0;
    for (; last.isWaiting(); steps++) {
      streams.continueUnfinished(NOW);
      boolean _ = streams.refill();
    }
    assertThat(steps).as("for %d that have left", many - 1).isBetween(2, 4);
  }
}
