package io.pushfanout.node;

import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;

/**
 * What waits to be sent to one user, within bounds.
 *
 * <p>It writes to Netty's channel, not through Vert.x, which would encode a text anew for each
 * socket. What counts as waiting lies behind the text that is being sent, so that a text larger
 * than the bound still reaches a user who reads.
 *
 * <p>Only for the channel's event loop; completions of writes arrive there too, in order.
 */
final class Outbox {
  static final int MAX_WAITING_BYTES = 1 << 20;
  static final int MAX_WAITING_TEXTS = 1_000;

  private final ChannelHandlerContext channel;
  private final ArrayDeque<Integer> unsentSizes = new ArrayDeque<>();
  private long unsentBytes;

  Outbox(ChannelHandlerContext channel) {
    this.channel = channel;
  }

  /**
   * Takes the text if there is room.
   *
   * @param sent called when the text has left for the network, or never will
   * @return whether there was room
   */
  boolean offer(SharedText text, Runnable sent) {
    int size = text.size();
    if (!unsentSizes.isEmpty()) {
      long waitingBytes = unsentBytes - unsentSizes.element();
      if (waitingBytes + size > MAX_WAITING_BYTES || unsentSizes.size() > MAX_WAITING_TEXTS) {
        return false;
      }
    }
    unsentSizes.add(size);
    unsentBytes += size;
    channel
        .writeAndFlush(text.frame())
        .addListener(
            _ -> {
              unsentBytes -= unsentSizes.remove();
              sent.run();
            });
    return true;
  }

  long unsentBytes() {
    return unsentBytes;
  }
}
