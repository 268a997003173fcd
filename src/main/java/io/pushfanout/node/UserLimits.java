package io.pushfanout.node;

import io.netty.util.internal.PlatformDependent;

/**
 * What users may take of a node, so that neither sockets, rooms, requests nor messages that nobody
 * reads fill its memory.
 *
 * @param maxSockets users at a time; more are refused at the handshake
 * @param maxIncoming connections at a time that are no WebSocket (yet); more are closed
 * @param roomBytes of the heap, for the subscriptions of all users
 * @param requestBytes for what all users have sent and what is not handled yet
 * @param textBytes outside the heap, for messages that wait for any user; three times as much with
 *     those that are just being handed out
 * @param maxMessageBytes the largest broadcast that is taken
 */
record UserLimits(
    int maxSockets,
    int maxIncoming,
    long roomBytes,
    long requestBytes,
    long textBytes,
    int maxMessageBytes) {
  /**
   * What a user takes of the heap with what waits for it, and as much again for everything else.
   */
  static final int HEAP_PER_SOCKET = 128 << 10;

  private static final int ROOM_PART = 16;
  private static final int REQUEST_PART = 16;
  private static final int TEXT_PART = 8;
  private static final int MESSAGE_PART = 12;
  private static final int MAX_INCOMING = 1_000;

  /** The largest message that PushFanout may be told to send, see {@code --max-message-size}. */
  private static final int MAX_MESSAGE_BYTES = 100 << 20;

  /** By the memory that this process may have. */
  static UserLimits ofThisProcess() {
    return of(Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory());
  }

  /**
   * @param heap bytes of heap that there may be
   * @param direct bytes of memory outside the heap that there may be
   */
  static UserLimits of(long heap, long direct) {
    int sockets = mostSockets(heap);
    return new UserLimits(
        sockets,
        Math.clamp(sockets / 4, 16, MAX_INCOMING),
        heap / ROOM_PART,
        Math.min(heap, direct) / REQUEST_PART,
        Math.min(heap, direct) / TEXT_PART,
        (int) Math.min(MAX_MESSAGE_BYTES, heap / MESSAGE_PART));
  }

  /** How many sockets there may be with a heap of so many bytes. */
  static int mostSockets(long heap) {
    return Math.clamp(heap / HEAP_PER_SOCKET, 1, 1_000_000);
  }

  UserLimits withMaxSockets(int sockets) {
    return new UserLimits(
        sockets, maxIncoming, roomBytes, requestBytes, textBytes, maxMessageBytes);
  }
}
