package io.pushfanout.it;

/** A user of a room, from the subscription to the end. All times are of {@link System#nanoTime}. */
final class RoomUser {
  private final RoomNode node;
  private final String room;
  private final long joinedNanos = System.nanoTime();
  private long awaited;
  private volatile long confirmedNanos;
  private volatile long leftNanos;

  RoomUser(RoomNode node, String room) {
    this.node = node;
    this.room = room;
  }

  RoomNode node() {
    return node;
  }

  String room() {
    return room;
  }

  /** Sets the batch of the node's changes that must be applied first. */
  void awaits(long batch) {
    awaited = batch;
  }

  /** Confirms the subscription if the batch is applied. Returns whether it is. */
  boolean confirm(long applied) {
    if (awaited > applied) {
      return false;
    }
    confirmedNanos = System.nanoTime();
    return true;
  }

  void leaves() {
    leftNanos = System.nanoTime();
  }

  boolean isPresent() {
    return leftNanos == 0;
  }

  boolean isConfirmed() {
    return confirmedNanos != 0;
  }

  /** Returns the nanoseconds from the subscription to its confirmation. */
  long waitedNanos() {
    return confirmedNanos - joinedNanos;
  }

  /** Returns whether a broadcast began after the confirmation, and was accepted before the end. */
  boolean isOwed(RoomCaller.Broadcast broadcast) {
    return isConfirmed()
        && broadcast.issuedNanos() - confirmedNanos > 0
        && (leftNanos == 0 || leftNanos - broadcast.repliedNanos() > 0);
  }

  @Override
  public String toString() {
    return "user of %s, confirmed at %d, left at %d".formatted(room, confirmedNanos, leftNanos);
  }
}
