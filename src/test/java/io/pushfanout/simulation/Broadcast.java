package io.pushfanout.simulation;

import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.OverflowPolicy;
import org.jspecify.annotations.Nullable;

/** A call of one caller. */
final class Broadcast {
  final long id;
  final FanoutName fanout;
  final FanoutSettings settings;
  final int room;
  final long atNanos;
  @Nullable BroadcastResult result;
  boolean cancelled;
  Runnable cancel = () -> {};

  /** A callback that runs once, at the result. */
  Runnable onEnd = () -> {};

  Broadcast(long id, FanoutName fanout, FanoutSettings settings, int room, long atNanos) {
    this.id = id;
    this.fanout = fanout;
    this.settings = settings;
    this.room = room;
    this.atNanos = atNanos;
  }

  boolean is(OverflowPolicy policy) {
    return settings.overflowPolicy() == policy;
  }

  boolean isDropped() {
    return result instanceof BroadcastResult.Answered answered && answered.outcome().dropped() > 0;
  }
}
