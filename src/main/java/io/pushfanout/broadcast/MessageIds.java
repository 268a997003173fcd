package io.pushfanout.broadcast;

import io.pushfanout.broadcast.BroadcastRequest.MessageId;
import io.pushfanout.concurrent.ExpiringMap;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The ids of the messages of a window of time, so that a message that a caller sends again is
 * enqueued once. The window of an id begins with its first call. From any thread.
 */
public final class MessageIds {
  /** Most ids. */
  private static final int MOST = 1_000_000;

  /** Heap bytes of an id beside its own characters and named nodes. */
  private static final int ENTRY_BYTES = 400;

  private static final int NODE_BYTES = 100;

  /** Divisor of the memory budget for the ids, which take heap beside it. */
  private static final int BUDGET_PART = 32;

  private final ExpiringMap<Key, RememberedEnqueue> enqueues;

  private record Key(
      MessageId id, BroadcastRequest.Target target, @Nullable Set<NodeAddress> nodes) {
    int bytes() {
      return ENTRY_BYTES
          + 2 * id.value().length()
          + 2 * id.caller().length()
          + (nodes == null ? 0 : NODE_BYTES * nodes.size());
    }
  }

  /**
   * The enqueue of an id.
   *
   * @param first whether the caller has to make it
   */
  record Claim(RememberedEnqueue enqueue, boolean first) {}

  /**
   * @param window time for which an id is remembered; zero remembers none
   * @param maxBytes most bytes that the ids take of the heap
   */
  public MessageIds(Duration window, long maxBytes, LongSupplier nanoClock) {
    enqueues = new ExpiringMap<>(window, MOST, maxBytes, nanoClock);
  }

  /**
   * Returns the ids of a server.
   *
   * @param budget bytes of the budget for messages
   */
  public static MessageIds beside(long budget, Duration window, LongSupplier nanoClock) {
    return new MessageIds(window, budget / BUDGET_PART, nanoClock);
  }

  boolean isOff() {
    return enqueues.isOff();
  }

  /**
   * Returns the enqueue of the request's id; null when the id is that of another message.
   *
   * @param id id of the request
   */
  @Nullable Claim claim(BroadcastRequest request, MessageId id) {
    Key key = new Key(id, request.target(), request.nodes());
    byte[] fingerprint = fingerprint(request.payload());
    RememberedEnqueue first =
        new RememberedEnqueue(fingerprint, enqueue -> enqueues.remove(key, enqueue));
    RememberedEnqueue known = enqueues.putIfAbsent(key, first, key.bytes());
    if (known == null) {
      return new Claim(first, true);
    }
    boolean same = MessageDigest.isEqual(known.fingerprint(), fingerprint);
    return same ? new Claim(known, false) : null;
  }

  private static byte[] fingerprint(Payload payload) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(payload.rpc().path().getBytes(StandardCharsets.US_ASCII));
      return digest.digest(payload.bytes());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each Java has SHA-256", e);
    }
  }
}
