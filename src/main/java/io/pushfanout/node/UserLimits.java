package io.pushfanout.node;

import io.netty.util.internal.PlatformDependent;

/**
 * The limits on users of a node: sockets, rooms, requests and unread messages must not fill its
 * memory.
 *
 * @param maxSockets users at a time; more are refused at the handshake
 * @param maxIncoming connections at a time that are not (yet) WebSockets; more are closed
 * @param roomBytes of the heap, for the subscriptions of all users
 * @param requestBytes for unhandled requests of all users
 * @param textBytes outside the heap, for messages that wait for any user; three times as much
 *     including messages in delivery
 * @param maxMessageBytes the largest broadcast accepted
 */
record UserLimits(
    int maxSockets,
    int maxIncoming,
    long roomBytes,
    long requestBytes,
    long textBytes,
    int maxMessageBytes) {
  /**
   * Heap bytes per socket: the user with its waiting messages, and as much again for everything
   * else.
   */
  static final int HEAP_PER_SOCKET = 128 << 10;

  private static final int ROOM_PART = 16;
  private static final int REQUEST_PART = 16;
  private static final int TEXT_PART = 8;
  private static final int MESSAGE_PART = 12;
  private static final int MAX_INCOMING = 1_000;

  /**
   * Bytes of the largest message that PushFanout can be configured to send, see {@code
   * --max-message-size}.
   */
  private static final int MAX_MESSAGE_BYTES = 100 << 20;

  /** Returns the limits for the memory of this process. */
  static UserLimits ofThisProcess() {
    return of(Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory());
  }

  /**
   * @param heap maximum bytes of the heap
   * @param direct maximum bytes of memory outside the heap
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

  /** Returns the maximum number of sockets for a heap of this many bytes. */
  static int mostSockets(long heap) {
    return Math.clamp(heap / HEAP_PER_SOCKET, 1, 1_000_000);
  }

  UserLimits withMaxSockets(int sockets) {
    return new UserLimits(
        sockets, maxIncoming, roomBytes, requestBytes, textBytes, maxMessageBytes);
  }
}
