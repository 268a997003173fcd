package io.pushfanout.node;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of the texts to one user.
 *
 * <p>Texts are written to Netty's channel, not through Vert.x, which would encode a text again for
 * each socket, and only while the channel is writable: a waiting text costs only its place in the
 * queue. The bounds exclude the text that is being sent, so that a text larger than the bound still
 * reaches a user that reads.
 *
 * <p>For the channel's event loop only; completions of writes arrive there too, in order.
 */
final class SendBuffer {
  static final int MAX_WAITING_BYTES = 1 << 20;
  static final int MAX_WAITING_TEXTS = 1_000;

  private static final int SMALL = 4;

  private final ChannelHandlerContext channel;
  private final ArrayDeque<SharedText> written = new ArrayDeque<>(SMALL);
  private ArrayDeque<SharedText> waiting = new ArrayDeque<>(SMALL);
  private boolean grown;
  private long unsentBytes;
  private long sentBytes;
  private long offered;
  private long finished;
  private long mark;
  private @Nullable Runnable atMark;

  SendBuffer(ChannelHandlerContext channel) {
    this.channel = channel;
  }

  /**
   * Enqueues the text if the queue has room.
   *
   * @return whether the queue had room
   */
  boolean offer(SharedText text) {
    SharedText first = written.peek();
    if (first != null) {
      long waitingBytes = unsentBytes - first.size();
      if (waitingBytes + text.size() > MAX_WAITING_BYTES
          || written.size() + waiting.size() > MAX_WAITING_TEXTS) {
        return false;
      }
    }
    offered++;
    text.onQueued();
    unsentBytes += text.size();
    waiting.add(text);
    grown |= waiting.size() > SMALL;
    write();
    return true;
  }

  private void write() {
    boolean any = false;
    while (!waiting.isEmpty() && (written.isEmpty() || channel.channel().isWritable())) {
      SharedText next = waiting.remove();
      written.add(next);
      channel.write(next.frame()).addListener(_ -> onWritten());
      any = true;
    }
    if (any) {
      channel.flush();
    }
  }

  private void onWritten() {
    SharedText text = written.remove();
    unsentBytes -= text.size();
    sentBytes += text.size();
    finished++;
    text.onDequeued();
    write();
    if (grown && unsentBytes == 0) {
      // A new deque, because the old one would keep its largest capacity.
      waiting = new ArrayDeque<>(SMALL);
      grown = false;
    }
    runAtMark();
  }

  /**
   * Runs the action once every text offered so far has been sent or discarded; at once if there is
   * none. Replaces an earlier action that has not run yet.
   */
  void whenSent(Runnable then) {
    mark = offered;
    atMark = then;
    runAtMark();
  }

  private void runAtMark() {
    Runnable then = atMark;
    if (then != null && finished >= mark) {
      atMark = null;
      then.run();
    }
  }

  /** Discards the texts that are not written to the channel yet. */
  void discardWaiting() {
    for (SharedText text : waiting) {
      unsentBytes -= text.size();
      finished++;
      text.onDequeued();
    }
    waiting.clear();
  }

  long unsentBytes() {
    return unsentBytes;
  }

  /**
   * Returns the bytes that the network has accepted so far, including part of a text in transfer.
   */
  long sentBytes() {
    ChannelOutboundBuffer buffer = channel.channel().unsafe().outboundBuffer();
    return sentBytes + (buffer == null ? 0 : buffer.currentProgress());
  }
}
