package io.pushfanout.node;

/** Bytes of the heap that users may take together. Only for the node's event loop. */
final class HeapShare {
  private final long limit;
  private long used;

  /**
   * @param limit in bytes
   */
  HeapShare(long limit) {
    this.limit = limit;
  }

  /** Takes the bytes, unless there is no room for them. */
  boolean tryTake(long bytes) {
    if (used + bytes > limit) {
      return false;
    }
    used += bytes;
    return true;
  }

  /** Takes what is there already, or gives back where it is negative. */
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
