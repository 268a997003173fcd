package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.protocol.v1.RoomsUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoomListingsTest {
  private final Set<String> rooms = new TreeSet<>();
  private final TreeMap<Long, List<Runnable>> due = new TreeMap<>();
  private long now;
  private final RoomListings listings =
      new RoomListings(
          () -> rooms,
          rooms::contains,
          (delay, task) ->
              due.computeIfAbsent(now + delay.toNanos(), _ -> new ArrayList<>()).add(task),
          () -> now);

  private void pass(Duration time) {
    long end = now + time.toNanos();
    while (!due.isEmpty() && due.firstKey() <= end) {
      now = due.firstKey();
      due.pollFirstEntry().getValue().forEach(Runnable::run);
    }
    now = end;
  }

  private void join(String room) {
    rooms.add(room);
    listings.changed(room);
  }

  private void leave(String room) {
    rooms.remove(room);
    listings.changed(room);
  }

  /** A process that applies the updates by the rules of the protocol. */
  private final class Listener implements RoomListing.Stream {
    private final List<RoomsUpdate> updates = new ArrayList<>();
    private final Set<String> held = new TreeSet<>();
    private boolean whole;
    private boolean ready;
    private boolean ended;
    private String failure = "";
    private final RoomListing listing;

    Listener() {
      this(true);
    }

    Listener(boolean ready) {
      this.ready = ready;
      this.listing = listings.open(this);
    }

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void send(RoomsUpdate update) {
      updates.add(update);
      assertThat(update.getVersion()).isEqualTo(updates.size());
      if (update.getReset()) {
        held.clear();
        whole = false;
      }
      held.removeAll(update.getLeaveList());
      held.addAll(update.getJoinList());
      whole |= update.getComplete();
    }

    @Override
    public void fail(String why) {
      failure = why;
    }

    @Override
    public void end() {
      ended = true;
    }

    void applyAll() {
      listing.applied(updates.size());
    }

    void reads() {
      ready = true;
      listings.onReady(listing);
    }
  }

  private final List<String> confirmed = new ArrayList<>();

  private void subscribe(String room) {
    join(room);
    listings.confirm(List.of(room), () -> confirmed.add(room));
  }

  @Test
  void theFirstUpdateOfAnEmptyNodeIsAWholeListing() {
    Listener process = new Listener();
    assertThat(process.updates)
        .containsExactly(
            RoomsUpdate.newBuilder().setVersion(1).setReset(true).setComplete(true).build());
  }

  @Test
  void changesAreGatheredIntoOneUpdateOfTheirLastState() {
    join("old");
    Listener process = new Listener();
    join("a");
    leave("old");
    join("moment");
    leave("moment");
    pass(Duration.ofMillis(20));
    assertThat(process.updates).hasSize(2);
    assertThat(process.updates.get(1).getReset()).isFalse();
    assertThat(process.held).containsExactly("a");
  }

  @Test
  void aLargeListingIsSplitAndCompleteAtItsEnd() {
    IntStream.range(0, 5000).forEach(i -> rooms.add("a-room-with-a-long-name-" + i));
    Listener process = new Listener();
    assertThat(process.updates).hasSizeGreaterThan(2);
    assertThat(process.updates.stream().filter(RoomsUpdate::getReset)).hasSize(1);
    assertThat(process.updates.getLast().getComplete()).isTrue();
    assertThat(process.updates)
        .allMatch(update -> update.getSerializedSize() < 64 << 10)
        .filteredOn(RoomsUpdate::getComplete)
        .hasSize(1);
    assertThat(process.held).isEqualTo(rooms);
  }

  @Test
  void aProcessThatDoesNotReadGetsTheLastStateLater() {
    Listener process = new Listener();
    process.ready = false;
    for (int i = 0; i < 100_000; i++) {
      join("room-" + i);
      leave("room-" + i);
    }
    join("last");
    pass(Duration.ofSeconds(1));
    assertThat(process.updates).hasSize(1);
    process.reads();
    assertThat(process.held).containsExactly("last");
    assertThat(process.whole).isTrue();
    // A hundred thousand leaves of rooms that the process never had would be 2 MB.
    assertThat(process.updates.stream().mapToInt(RoomsUpdate::getSerializedSize).sum())
        .isLessThan(300_000);
  }

  @Test
  void anUpdateComesAtLeastEveryThreeSeconds() {
    Listener process = new Listener();
    for (int i = 0; i < 10; i++) {
      pass(Duration.ofSeconds(3));
      process.applyAll();
    }
    assertThat(process.updates).hasSizeBetween(11, 21);
    assertThat(process.updates.getLast().getJoinCount()).isZero();
  }

  @Test
  void aStreamThatIsReadyLateBeginsWithTheListing() {
    rooms.add("a");
    Listener process = new Listener(false);
    pass(Duration.ofSeconds(3));
    process.ready = true;
    pass(Duration.ofSeconds(3));
    assertThat(process.updates.getFirst().getReset()).isTrue();
    assertThat(process.held).containsExactly("a");
  }

  @Test
  void roomsWithTooLongNamesAreInNoListing() {
    String wide = "ü".repeat(129);
    join(wide);
    Listener process = new Listener();
    subscribe("ü".repeat(128));
    leave(wide);
    join(wide);
    pass(Duration.ofMillis(20));
    assertThat(process.held).containsExactly("ü".repeat(128));
    assertThat(process.updates.getLast().getLeaveCount()).isZero();
    process.applyAll();
    subscribe(wide);
    assertThat(confirmed).hasSize(2);
  }

  // ---- confirmations

  @Test
  void withoutAProcessASubscriptionIsConfirmedAtOnce() {
    subscribe("a");
    assertThat(confirmed).containsExactly("a");
  }

  @Test
  void aSubscriptionIsConfirmedByAllProcesses() {
    Listener one = new Listener();
    Listener other = new Listener();
    one.applyAll();
    other.applyAll();
    subscribe("a");
    one.applyAll();
    assertThat(confirmed).as("the update is not sent yet").isEmpty();
    pass(Duration.ofMillis(20));
    one.applyAll();
    assertThat(confirmed).isEmpty();
    other.applyAll();
    assertThat(confirmed).containsExactly("a");
  }

  @Test
  void aRoomThatEachProcessHasAppliedIsConfirmedAtOnce() {
    Listener process = new Listener();
    subscribe("a");
    pass(Duration.ofMillis(20));
    process.applyAll();
    listings.confirm(List.of("a"), () -> confirmed.add("again"));
    assertThat(confirmed).containsExactly("a", "again");
  }

  @Test
  void aRoomThatIsListedAndNotAppliedIsNotConfirmed() {
    rooms.add("a");
    Listener process = new Listener();
    listings.confirm(List.of("a"), () -> confirmed.add("a"));
    assertThat(confirmed).isEmpty();
    process.applyAll();
    assertThat(confirmed).containsExactly("a");
  }

  @Test
  void aListingUnderWayConfirmsAtItsEnd() {
    IntStream.range(0, 5000).forEach(i -> rooms.add("a-room-with-a-long-name-" + i));
    Listener process = new Listener();
    process.ready = false;
    Listener slow = new Listener();
    process.applyAll();
    slow.applyAll();
    rooms.clear();
    Listener third = new Listener();
    third.ready = false;
    third.applyAll();
    subscribe("a");
    pass(Duration.ofMillis(20));
    slow.applyAll();
    process.applyAll();
    third.applyAll();
    assertThat(confirmed).isEmpty();
    process.reads();
    third.reads();
    process.applyAll();
    assertThat(confirmed).isEmpty();
    third.applyAll();
    assertThat(confirmed).containsExactly("a");
  }

  @Test
  void aStreamThatItsProcessEndsCountsNoLonger() {
    Listener process = new Listener();
    subscribe("a");
    listings.ended(process.listing);
    assertThat(process.ended).isTrue();
    assertThat(confirmed).containsExactly("a");
    subscribe("b");
    assertThat(confirmed).containsExactly("a", "b");
  }

  @Test
  void aStreamThatBreaksCountsForTenSeconds() {
    Listener process = new Listener();
    subscribe("before");
    listings.lost(process.listing);
    subscribe("after");
    pass(Duration.ofMillis(9_900));
    assertThat(confirmed).isEmpty();
    pass(Duration.ofMillis(200));
    assertThat(confirmed).containsExactlyInAnyOrder("before", "after");
  }

  @Test
  void aProcessThatAppliesWhatWasNotSentIsLost() {
    Listener process = new Listener();
    process.listing.applied(2);
    assertThat(process.failure).contains("update 2").contains("1 is the last");
    assertThat(process.listing.isLost()).isTrue();
  }

  @Test
  void aProcessThatAppliesNothingLosesItsStream() {
    Listener process = new Listener();
    process.applyAll();
    subscribe("a");
    pass(Duration.ofSeconds(9));
    assertThat(process.failure).isEmpty();
    pass(Duration.ofSeconds(3));
    assertThat(process.failure).contains("no update is applied after 10 s");
    assertThat(confirmed).isEmpty();
    pass(Duration.ofSeconds(10));
    assertThat(confirmed).containsExactly("a");
  }

  @Test
  void aProcessThatAppliesSlowlyKeepsItsStream() {
    Listener process = new Listener();
    for (int i = 0; i < 20; i++) {
      int before = process.updates.size();
      pass(Duration.ofSeconds(8));
      process.listing.applied(before);
    }
    assertThat(process.failure).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 300})
  void streamsAreBounded(int more) {
    IntStream.range(0, 256).forEach(_ -> new Listener());
    List<Listener> refused = IntStream.range(0, more).mapToObj(_ -> new Listener()).toList();
    assertThat(refused).allMatch(each -> each.failure.contains("256 streams"));
  }

  @Test
  void brokenStreamsTakeNoPlaceOfOthers() {
    for (int i = 0; i < 1000; i++) {
      listings.lost(new Listener().listing);
    }
    Listener process = new Listener();
    assertThat(process.failure).isEmpty();
    subscribe("a");
    pass(Duration.ofMillis(20));
    process.applyAll();
    assertThat(confirmed).isEmpty();
    pass(Duration.ofSeconds(10));
    assertThat(confirmed).containsExactly("a");
  }

  @Test
  void aNodeThatStopsEndsItsStreams() {
    Listener process = new Listener();
    listings.close();
    assertThat(process.ended).isTrue();
    pass(Duration.ofMinutes(1));
    assertThat(process.updates).hasSize(1);
  }
}
