package io.pushfanout.node;

import io.pushfanout.protocol.Proto;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of texts for users, in two bounds: what waits for users is held to the first by
 * cutting those who do not read, and a message that would take all texts beyond three times as much
 * is not made at all.
 *
 * <p>Texts may be made by any thread; what waits is counted by the node's event loop alone.
 */
final class TextMemory {
  private final long bound;
  private final AtomicLong all = new AtomicLong();
  private long waiting;

  /** There is no room for a message now, or never; the text says which. */
  static final class NoRoom extends Exception {
    NoRoom(String message) {
      super(message);
    }
  }

  /**
   * @param bound bytes of texts that may wait for users
   */
  TextMemory(long bound) {
    this.bound = bound;
  }

  /** An answer to a user, which is made whatever there is. */
  SharedText answer(JsonObject json) {
    SharedText text = SharedText.of(json, this);
    all.addAndGet(text.size());
    return text;
  }

  /**
   * A message as users get it; a body that is not UTF-8 travels as {@code bodyBase64}.
   *
   * @throws NoRoom when too many texts are being handed out, or it is too large for this memory
   */
  SharedText message(String room, Proto message) throws NoRoom {
    MessageText json = MessageText.of(room, message);
    long size = json.size();
    if (size > bound) {
      throw new NoRoom(
          "the message has %d bytes as JSON, and this node's memory allows %d"
              .formatted(size, bound));
    }
    if (all.addAndGet(size) > 3 * bound) {
      all.addAndGet(-size);
      throw noneNow();
    }
    try {
      return SharedText.of(json, this);
    } catch (OutOfMemoryError _) {
      // Outside the heap there are others who take some.
      all.addAndGet(-size);
      throw noneNow();
    }
  }

  private static NoRoom noneNow() {
    return new NoRoom("this node has no memory for the message now");
  }

  void released(long bytes) {
    all.addAndGet(-bytes);
  }

  /** A text waits for its first user, or, negative, has left for its last. */
  void waits(long bytes) {
    waiting += bytes;
  }

  /** Whether more waits for users than may. */
  boolean isOver() {
    return waiting > bound;
  }

  long waiting() {
    return waiting;
  }

  /** Of all texts that there are. */
  long all() {
    return all.get();
  }
}
