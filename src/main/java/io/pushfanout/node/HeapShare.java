package io.pushfanout.node;

/** A budget of heap bytes that all users share. For the node's event loop only. */
final class HeapShare {
  private final long limit;
  private long used;

  /**
   * @param limit in bytes
   */
  HeapShare(long limit) {
    this.limit = limit;
  }

  /** Reserves the bytes, unless they exceed the budget. */
  boolean tryReserve(long bytes) {
    if (used + bytes > limit) {
      return false;
    }
    used += bytes;
    return true;
  }

  /** Adds bytes that are already allocated; negative bytes are released. */
  void add(long bytes) {
    used += bytes;
  }

  boolean isOver() {
    return used > limit;
  }

  long used() {
    return used;
  }
}
