package io.pushfanout.node;

import io.pushfanout.protocol.v1.RoomsUpdate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The listing of the node's rooms to one PushFanout process: all rooms first, then each room that
 * gains its first user or loses its last one. A change is sent as it is at the time of sending, so
 * a process that reads slowly costs one name for each changed room.
 *
 * <p>For the node's event loop only.
 */
final class RoomListing {
  /** Bytes of a room's longest name in a listing; PushFanout sends longer rooms to every node. */
  static final int MAX_NAME_BYTES = 256;

  /** Bytes of names in one update. */
  private static final int MAX_UPDATE_BYTES = 32 << 10;

  /** Changed rooms beside the present ones from which on a new listing is shorter. */
  private static final int MAX_CHANGED = 10_000;

  /** The stream to the process. */
  interface Stream {
    boolean isReady();

    void send(RoomsUpdate update);

    /** Ends the stream with an error: the process has broken a rule. */
    void fail(String why);

    void end();
  }

  private enum State {
    OPEN,
    /** The stream broke, and the process may still send by the old listing. */
    LOST,
    ENDED
  }

  private final Stream stream;
  private final Supplier<? extends Collection<String>> present;
  private final Predicate<String> isPresent;
  private State state = State.OPEN;
  private long version;
  private long applied;

  /** Rooms of the listing that are not sent; null once it is whole. */
  private @Nullable Iterator<String> rest;

  private boolean reset = true;
  private final Set<String> changed = new LinkedHashSet<>();

  /** Confirmations that wait for an update that is not sent. */
  private List<Confirmation> unsent = new ArrayList<>();

  private final Deque<Sent> sent = new ArrayDeque<>();
  private long sentNanos;

  /** Time at which the process was last seen to follow. */
  private long followedNanos;

  /** Whether the process has applied an update since the last check. */
  private boolean follows;

  /** Confirmations that wait for the process to apply an update. */
  private record Sent(long version, List<Confirmation> confirmations) {}

  /**
   * @param present returns the rooms that have users
   * @param isPresent returns whether a room has users
   */
  RoomListing(
      Stream stream, Supplier<? extends Collection<String>> present, Predicate<String> isPresent) {
    this.stream = stream;
    this.present = present;
    this.isPresent = isPresent;
  }

  /** Begins with all rooms. */
  void begin(long nowNanos) {
    followedNanos = nowNanos;
    startOver();
    flush(nowNanos);
  }

  private void startOver() {
    changed.clear();
    reset = true;
    rest = List.copyOf(present.get()).iterator();
  }

  /** Returns whether a room's name may be in a listing. */
  static boolean isListed(String room) {
    // A character has three bytes at most in UTF-8, a pair of surrogates four.
    return 3 * room.length() <= MAX_NAME_BYTES
        || room.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES;
  }

  /** Records that a room has gained its first user or lost its last one. */
  void changed(String room) {
    if (state != State.OPEN) {
      return;
    }
    changed.add(room);
    if (changed.size() > MAX_CHANGED + present.get().size()) {
      startOver();
    }
  }

  /** Makes a confirmation wait until the process has applied the rooms as they are now. */
  void confirm(Collection<String> rooms, Confirmation confirmation) {
    switch (state) {
      case ENDED -> {}
      case LOST -> add(confirmation);
      case OPEN -> {
        if (rest != null || rooms.stream().anyMatch(changed::contains)) {
          add(confirmation);
        } else if (applied < version) {
          confirmation.expect();
          sent.add(new Sent(version, List.of(confirmation)));
        }
      }
    }
  }

  private void add(Confirmation confirmation) {
    confirmation.expect();
    unsent.add(confirmation);
  }

  // ---- sending

  /** Sends what has changed, as far as the stream takes it. */
  void flush(long nowNanos) {
    while (state == State.OPEN && hasNews() && stream.isReady()) {
      send(next(), nowNanos);
    }
  }

  private boolean hasNews() {
    return rest != null || !changed.isEmpty();
  }

  /** Sends an update without a change when the last one is too long ago. */
  void beat(long nowNanos, long everyNanos) {
    if (state == State.OPEN && nowNanos - sentNanos >= everyNanos && stream.isReady()) {
      // The first update of a stream lists rooms, whenever the stream takes it.
      send(hasNews() ? next() : RoomsUpdate.newBuilder(), nowNanos);
    }
  }

  /** Fails a stream whose process has applied nothing of the updates for too long. */
  void expectApplied(long nowNanos, long withinNanos) {
    boolean behind = applied < version || hasNews();
    if (follows || !behind) {
      follows = false;
      followedNanos = nowNanos;
    } else if (state == State.OPEN && nowNanos - followedNanos >= withinNanos) {
      stream.fail("no update is applied after " + Duration.ofNanos(withinNanos).toSeconds() + " s");
      lost();
    }
  }

  private RoomsUpdate.Builder next() {
    RoomsUpdate.Builder update = RoomsUpdate.newBuilder().setReset(reset);
    reset = false;
    Iterator<String> listing = rest;
    if (listing != null) {
      for (int bytes = 0; bytes < MAX_UPDATE_BYTES && listing.hasNext(); ) {
        bytes += join(update, listing.next());
      }
      if (!listing.hasNext()) {
        rest = null;
        update.setComplete(true);
      }
      return update;
    }
    Iterator<String> changes = changed.iterator();
    for (int bytes = 0; bytes < MAX_UPDATE_BYTES && changes.hasNext(); changes.remove()) {
      String room = changes.next();
      if (isPresent.test(room)) {
        bytes += join(update, room);
      } else if (isListed(room)) {
        update.addLeave(room);
        bytes += room.length();
      }
    }
    return update;
  }

  private static int join(RoomsUpdate.Builder update, String room) {
    if (isListed(room)) {
      update.addJoin(room);
    }
    return room.length();
  }

  private void send(RoomsUpdate.Builder update, long nowNanos) {
    version++;
    sentNanos = nowNanos;
    if (!hasNews() && !unsent.isEmpty()) {
      sent.add(new Sent(version, unsent));
      unsent = new ArrayList<>();
    }
    stream.send(update.setVersion(version).build());
  }

  // ---- the process

  /** Follows the process, which sends by the listing up to that update from now on. */
  void applied(long upTo) {
    if (state != State.OPEN) {
      return;
    }
    if (upTo > version) {
      stream.fail("update %d is applied, and %d is the last one".formatted(upTo, version));
      lost();
      return;
    }
    follows |= upTo > applied;
    applied = Math.max(applied, upTo);
    for (Sent first = sent.peek(); first != null && first.version <= applied; first = sent.peek()) {
      sent.remove();
      first.confirmations.forEach(Confirmation::applied);
    }
  }

  /** Follows a stream that broke; the process counts as one that applies nothing. */
  void lost() {
    if (state == State.OPEN) {
      state = State.LOST;
      changed.clear();
      rest = null;
    }
  }

  /** Ends the listing: the process counts no longer. */
  void forget() {
    if (state == State.OPEN) {
      stream.end();
    }
    state = State.ENDED;
    changed.clear();
    rest = null;
    List<Confirmation> left = new ArrayList<>(unsent);
    sent.forEach(each -> left.addAll(each.confirmations));
    unsent = new ArrayList<>();
    sent.clear();
    left.forEach(Confirmation::applied);
  }

  boolean isLost() {
    return state == State.LOST;
  }
}
