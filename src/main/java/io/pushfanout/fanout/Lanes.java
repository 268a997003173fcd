package io.pushfanout.fanout;

import io.pushfanout.model.Payload;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of one node: rooms by a hash, so that there is a bound however many rooms there are.
 * Rooms that share a lane keep their order among each other too. Guarded by the lock of its {@link
 * MessageQueue}.
 */
final class Lanes {
  /** As many as there may be streams; a power of two. */
  private static final int COUNT = 1024;

  private static final int SHIFT = Integer.SIZE - Integer.numberOfTrailingZeros(COUNT);

  /** Spreads hashes that differ in few bits (Knuth's multiplicative hashing). */
  private static final int GOLDEN_RATIO = 0x9E3779B9;

  /** A node that gets no streams needs none. */
  private @Nullable Lane @Nullable [] lanes;

  Lane of(Payload payload) {
    if (lanes == null) {
      lanes = new Lane[COUNT];
    }
    int index = (payload.room() * GOLDEN_RATIO) >>> SHIFT;
    Lane lane = lanes[index];
    if (lane == null) {
      lane = new Lane();
      lanes[index] = lane;
    }
    return lane;
  }

  void forEach(Consumer<Lane> action) {
    if (lanes != null) {
      for (Lane lane : lanes) {
        if (lane != null) {
          action.accept(lane);
        }
      }
    }
  }
}
