package io.pushfanout.node;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to one user, within bounds.
 *
 * <p>It writes to Netty's channel, not through Vert.x, which would encode a text anew for each
 * socket, and no more than the channel wants: a text that waits costs no more than its place in
 * line. What counts as waiting lies behind the text that is being sent, so that a text larger than
 * the bound still reaches a user who reads.
 *
 * <p>Only for the channel's event loop; completions of writes arrive there too, in order.
 */
final class Outbox {
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
  private long left;
  private long mark;
  private @Nullable Runnable atMark;

  Outbox(ChannelHandlerContext channel) {
    this.channel = channel;
  }

  /**
   * Takes the text if there is room.
   *
   * @return whether there was room
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
    text.waits();
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
    left++;
    text.left();
    write();
    if (grown && unsentBytes == 0) {
      // It would keep the memory of its greatest length for good.
      waiting = new ArrayDeque<>(SMALL);
      grown = false;
    }
    runAtMark();
  }

  /**
   * Runs it when all that was offered so far has left for the network, or never will; now if that
   * is so. It replaces what was to run before, if that has not run yet.
   */
  void whenSent(Runnable then) {
    mark = offered;
    atMark = then;
    runAtMark();
  }

  private void runAtMark() {
    Runnable then = atMark;
    if (then != null && left >= mark) {
      atMark = null;
      then.run();
    }
  }

  /** Forgets what the channel has not taken yet. */
  void discardWaiting() {
    for (SharedText text : waiting) {
      unsentBytes -= text.size();
      left++;
      text.left();
    }
    waiting.clear();
  }

  long unsentBytes() {
    return unsentBytes;
  }

  /** Bytes that the network has taken so far, of a text that it has taken in part as well. */
  long sentBytes() {
    ChannelOutboundBuffer buffer = channel.channel().unsafe().outboundBuffer();
    return sentBytes + (buffer == null ? 0 : buffer.currentProgress());
  }
}
