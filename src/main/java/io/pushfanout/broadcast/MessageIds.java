package io.pushfanout.broadcast;

import io.pushfanout.broadcast.BroadcastRequest.MessageId;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
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

  private final long windowNanos;
  private final long maxBytes;
  private final LongSupplier nanoClock;

  /** Enqueues, the oldest first. */
  private final Map<Key, Entry> entries = new LinkedHashMap<>();

  private long bytes;

  private record Key(
      MessageId id, BroadcastRequest.Target target, @Nullable Set<NodeAddress> nodes) {
    int bytes() {
      return ENTRY_BYTES
          + 2 * id.value().length()
          + 2 * id.caller().length()
          + (nodes == null ? 0 : NODE_BYTES * nodes.size());
    }
  }

  private record Entry(RememberedEnqueue enqueue, long beganNanos) {}

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
    this.windowNanos = window.toNanos();
    this.maxBytes = maxBytes;
    this.nanoClock = nanoClock;
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
    return windowNanos == 0;
  }

  /**
   * Returns the enqueue of the request's id; null when the id is that of another message.
   *
   * @param id id of the request
   */
  @Nullable Claim claim(BroadcastRequest request, MessageId id) {
    Key key = new Key(id, request.target(), request.nodes());
    byte[] fingerprint = fingerprint(request.payload());
    long now = nanoClock.getAsLong();
    synchronized (this) {
      forgetUntil(now);
      Entry known = entries.get(key);
      if (known != null) {
        boolean same = MessageDigest.isEqual(known.enqueue().fingerprint(), fingerprint);
        return same ? new Claim(known.enqueue(), false) : null;
      }
      RememberedEnqueue first = new RememberedEnqueue(fingerprint, () -> forget(key));
      entries.put(key, new Entry(first, now));
      bytes += key.bytes();
      return new Claim(first, true);
    }
  }

  /** Forgets the ids whose window is over, and the oldest while there are too many. */
  private void forgetUntil(long now) {
    Iterator<Map.Entry<Key, Entry>> oldest = entries.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<Key, Entry> next = oldest.next();
      boolean over = now - next.getValue().beganNanos() >= windowNanos;
      if (!over && entries.size() < MOST && bytes < maxBytes) {
        return;
      }
      bytes -= next.getKey().bytes();
      oldest.remove();
    }
  }

  private synchronized void forget(Key key) {
    if (entries.remove(key) != null) {
      bytes -= key.bytes();
    }
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
