package io.pushfanout.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The listings of the node's rooms to all PushFanout processes, and the confirmations of users'
 * subscriptions. For the node's event loop only.
 */
final class RoomListings {
  /** Streams at a time, far more than replicas of a PushFanout. */
  private static final int MAX_STREAMS = 256;

  /** Time for which changes are gathered into one update. */
  private static final Duration GATHER = Duration.ofMillis(5);

  /** Interval of the check for streams without an update; a process waits 8 s for one. */
  private static final Duration BEAT = Duration.ofMillis(500);

  private static final Duration QUIET = Duration.ofMillis(1500);

  /**
   * Time in which a process applies an update, or loses its stream: confirmations that wait for it
   * are bounded so. A process of PushFanout takes 100 ms.
   */
  static final Duration UNAPPLIED = Duration.ofSeconds(10);

  /** Time for which a process with a broken stream counts as one that applies nothing. */
  static final Duration LOST = Duration.ofSeconds(10);

  /** Time after which a user gets an answer without the confirmation of all processes. */
  static final Duration PENDING = Duration.ofSeconds(1);

  private final Supplier<? extends Collection<String>> present;
  private final Predicate<String> isPresent;
  private final Timers timers;
  private final LongSupplier nanoClock;
  private final Set<RoomListing> listings = new LinkedHashSet<>();

  /** Listings whose streams broke a moment ago, oldest first. */
  private final Set<RoomListing> lost = new LinkedHashSet<>();

  private boolean gathers;
  private boolean beats;

  /** Timers of the event loop. */
  @FunctionalInterface
  interface Timers {
    void after(Duration delay, Runnable task);
  }

  /**
   * @param present returns the rooms that have users
   * @param isPresent returns whether a room has users
   */
  RoomListings(
      Supplier<? extends Collection<String>> present,
      Predicate<String> isPresent,
      Timers timers,
      LongSupplier nanoClock) {
    this.present = present;
    this.isPresent = isPresent;
    this.timers = timers;
    this.nanoClock = nanoClock;
  }

  /** Begins a listing; a stream too many fails. */
  RoomListing open(RoomListing.Stream stream) {
    RoomListing listing = new RoomListing(stream, present, isPresent);
    if (listings.size() - lost.size() >= MAX_STREAMS) {
      listing.lost();
      stream.fail("there are %d streams already".formatted(MAX_STREAMS));
      return listing;
    }
    listings.add(listing);
    listing.begin(nanoClock.getAsLong());
    if (!beats) {
      beats = true;
      timers.after(BEAT, this::beat);
    }
    return listing;
  }

  /** Sends what waits for room in the listing's stream. */
  void onReady(RoomListing listing) {
    listing.flush(nanoClock.getAsLong());
  }

  /** Records that a room has gained its first user or lost its last one. */
  void changed(String room) {
    if (listings.isEmpty()) {
      return;
    }
    listings.forEach(listing -> listing.changed(room));
    if (!gathers) {
      gathers = true;
      timers.after(GATHER, this::flush);
    }
  }

  private void flush() {
    gathers = false;
    long now = nanoClock.getAsLong();
    listings.forEach(listing -> listing.flush(now));
  }

  private void beat() {
    long now = nanoClock.getAsLong();
    for (RoomListing listing : List.copyOf(listings)) {
      listing.beat(now, QUIET.toNanos());
      listing.expectApplied(now, UNAPPLIED.toNanos());
      if (listing.isLost()) {
        lost(listing);
      }
    }
    beats = !listings.isEmpty();
    if (beats) {
      timers.after(BEAT, this::beat);
    }
  }

  /** Follows the end of a stream that its process has ended. */
  void ended(RoomListing listing) {
    listings.remove(listing);
    lost.remove(listing);
    listing.forget();
  }

  /** Follows the end of a stream by anything else; its process counts for a while. */
  void lost(RoomListing listing) {
    listing.lost();
    if (listings.contains(listing) && lost.add(listing)) {
      timers.after(LOST, () -> ended(listing));
      if (lost.size() > MAX_STREAMS) {
        ended(lost.iterator().next());
      }
    }
  }

  /** Ends all listings: the node stops. */
  void close() {
    List.copyOf(listings).forEach(this::ended);
  }

  /**
   * Waits until each process has applied the rooms as they are now.
   *
   * @param onConfirmed runs once, at once when no process is waited for
   */
  Confirmation confirm(Collection<String> rooms, Runnable onConfirmed) {
    Confirmation confirmation = new Confirmation(onConfirmed);
    List<String> listed = rooms.stream().filter(RoomListing::isListed).toList();
    if (!listed.isEmpty()) {
      new ArrayList<>(listings).forEach(listing -> listing.confirm(listed, confirmation));
    }
    confirmation.asked();
    return confirmation;
  }

  /** Runs a task of the event loop later. */
  void after(Duration delay, Runnable task) {
    timers.after(delay, task);
  }
}
