package io.pushfanout.node;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import io.pushfanout.concurrent.ExpiringMap;
import io.pushfanout.model.Rpc;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The messages of a window of time that have an id. A message that comes again, with the same id
 * and the same bytes, has reached the users already: another replica has sent it too. From any
 * thread.
 */
final class RecentMessages {
  /** Most messages. */
  private static final int MOST = 1_000_000;

  /** Heap bytes of a message: its hash, and the objects around it. */
  private static final int MESSAGE_BYTES = 200;

  /** Part of the heap for the messages. */
  private static final int HEAP_PART = 16;

  private final ExpiringMap<HashCode, Boolean> hashes;

  /**
   * @param window time for which a message is remembered; zero remembers none
   * @param heap maximum bytes of the heap
   */
  RecentMessages(Duration window, long heap, LongSupplier nanoClock) {
    hashes = new ExpiringMap<>(window, MOST, heap / HEAP_PART, nanoClock);
  }

  /**
   * Remembers the message. Returns whether it has come before; never for a message without an id.
   *
   * @param id empty: none
   * @param request bytes of the message as received
   */
  boolean isDouble(String id, Rpc rpc, ByteString request) {
    return !id.isEmpty()
        && !hashes.isOff()
        && hashes.putIfAbsent(hash(id, rpc, request), true, MESSAGE_BYTES) != null;
  }

  private static HashCode hash(String id, Rpc rpc, ByteString request) {
    // An id and a path have no blank, so no other id, method and bytes are hashed alike.
    Hasher hasher =
        Hashing.sha256().newHasher().putString(id + " " + rpc.path() + " ", StandardCharsets.UTF_8);
    request.asReadOnlyByteBufferList().forEach(hasher::putBytes);
    return hasher.hash();
  }
}
