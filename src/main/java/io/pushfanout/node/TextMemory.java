package io.pushfanout.node;

import io.pushfanout.protocol.Proto;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of texts for users, with two bounds. Texts that wait for users are held to the first
 * bound by closing users that do not read. A message that would raise the total of all texts above
 * three times that bound is not created.
 *
 * <p>Any thread may create texts; only the node's event loop counts waiting texts.
 */
final class TextMemory {
  private final long bound;
  private final AtomicLong all = new AtomicLong();
  private long waiting;

  /** A lack of memory for a message, now or always, as the message states. */
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

  /** Creates a response to a user, regardless of the bounds. */
  SharedText answer(JsonObject json) {
    SharedText text = SharedText.of(json, this);
    all.addAndGet(text.size());
    return text;
  }

  /**
   * Creates the text of a message; a body that is not UTF-8 is sent as {@code bodyBase64}.
   *
   * @throws NoRoom when too many texts are being delivered, or the message is too large for this
   *     memory
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
      // Other code uses direct memory too.
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

  /** Adds bytes of a text that now waits for its first user; negative when it waits for none. */
  void addWaiting(long bytes) {
    waiting += bytes;
  }

  /** Returns whether the waiting texts exceed their bound. */
  boolean isOver() {
    return waiting > bound;
  }

  long waiting() {
    return waiting;
  }

  /** Returns the bytes of all texts. */
  long all() {
    return all.get();
  }
}
