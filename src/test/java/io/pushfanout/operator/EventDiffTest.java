package io.pushfanout.operator;

import static io.pushfanout.operator.Observed.fanout;
import static io.pushfanout.operator.Observed.known;
import static io.pushfanout.operator.Observed.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.model.NodeState;
import io.pushfanout.operator.resource.PushFanout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EventDiffTest {
  private static final EventRecord LOST =
      new EventRecord(EventRecord.Reason.DISCOVERY_LOST, "etcd cannot be reached");
  private static final EventRecord RESTORED =
      new EventRecord(EventRecord.Reason.DISCOVERY_RESTORED, "its nodes are known");

  private final AtomicLong nanos = new AtomicLong();
  private final List<EventRecord> told = new ArrayList<>();
  private final EventDiff events = new EventDiff((_, happening) -> write(happening), nanos::get);
  private boolean refusing;

  @Test
  void theFirstSnapshotGivesNoEvents() {
    look(5);

    assertThat(told).isEmpty();
  }

  @Test
  void aDifferenceIsWrittenWithinFiveSecondsOfTheLastSnapshot() {
    look(0);
    pass(5);
    look(3);

    assertThat(told)
        .containsExactly(
            new EventRecord(
                EventRecord.Reason.QUEUE_FULL, "3 messages dropped for full queues of a:1"));
  }

  @Test
  void aLastingOverloadIsWrittenLessAndLessOftenWithAllDroppedMessages() {
    int dropped = 0;
    look(dropped);
    for (int second = 0; second < 3600; second++) {
      pass(1);
      look(++dropped);
    }

    assertThat(told).hasSizeBetween(10, 25);
    assertThat(told.getLast().message()).startsWith("300 messages dropped");
  }

  @Test
  void afterAQuietWhileADifferenceIsWrittenAtOnceAgain() {
    int dropped = 0;
    look(dropped);
    for (int second = 0; second < 600; second++) {
      pass(1);
      look(++dropped);
    }
    for (int second = 0; second < 600; second++) {
      pass(1);
      look(dropped);
    }
    told.clear();
    pass(5);
    look(dropped + 1);

    assertThat(told).hasSize(1);
  }

  @Test
  void aReplicaThatIsElectedAgainStartsWithANewSnapshot() {
    look(0);
    events.reset();
    pass(60);
    look(9);

    assertThat(told).isEmpty();
  }

  @Test
  void anotherResourceOfTheNameHasEventsOfItsOwn() {
    look(0);
    pass(60);
    PushFanout another = Observed.resource(1, 20);
    another.getMetadata().setUid("uid-2");
    look(Observed.read(another, null), 9);
    assertThat(told).isEmpty();

    pass(60);
    look(Observed.read(another, null), 12);
    assertThat(told).extracting(EventRecord::message).singleElement().asString().startsWith("3 ");
  }

  @Test
  void eachFlipOfAShortOutageIsWrittenAtOnce() {
    look(0);
    flip(LOST);
    look(0);
    assertThat(told).containsExactly(LOST);

    pass(3);
    flip(RESTORED);
    look(0);
    assertThat(told).containsExactly(LOST, RESTORED);
  }

  @Test
  void repeatedFlipsAreWrittenTogetherLessAndLessOften() {
    for (int second = 0; second < 3600; second += 2) {
      flip(LOST);
      pass(1);
      look(0);
      flip(RESTORED);
      pass(1);
      look(0);
    }

    assertThat(told).extracting(EventRecord::reason).filteredOn(LOST.reason()::equals).hasSize(17);
    assertThat(told.getLast())
        .returns(150, EventRecord::count)
        .returns(Duration.ofMinutes(5), EventRecord::ago);
  }

  @Test
  void anotherReasonThatIsPacedHoldsNothingUp() {
    int dropped = 0;
    for (int second = 0; second < 600; second++) {
      pass(1);
      look(++dropped);
    }
    told.clear();
    flip(LOST);
    look(dropped);

    assertThat(told).containsExactly(LOST);
  }

  @Test
  void aFlipThatCannotBeWrittenIsRetried() {
    events.flipped(known(1), LOST);
    refusing = true;
    assertThatThrownBy(() -> look(0)).isInstanceOf(IllegalStateException.class);

    refusing = false;
    pass(1);
    look(0);
    assertThat(told).extracting(EventRecord::reason).containsExactly(LOST.reason());
  }

  private void flip(EventRecord flip) {
    events.flipped(known(1), flip);
  }

  private void look(long dropped) {
    look(known(1), dropped);
  }

  private void look(TrackedResource resource, long dropped) {
    events.write(
        List.of(resource),
        Map.of(Observed.CHAT, fanout(node("a:1", NodeState.CONNECTED, dropped))));
  }

  private void write(EventRecord happening) {
    if (refusing) {
      throw new IllegalStateException("refused");
    }
    told.add(happening);
  }

  private void pass(long seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
