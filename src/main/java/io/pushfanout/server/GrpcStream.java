package io.pushfanout.server;

import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.http2.ServerStream;
import io.pushfanout.model.StatusCode;
import io.pushfanout.server.guard.IncompleteCalls;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A call of gRPC on a stream, from its headers to its status. All methods run on the connection's
 * loop. A call that is not over when its connection has been read waits: its deadline runs, and so
 * does the time in which its request must be whole.
 */
abstract class GrpcStream extends ServerStream {
  private final CallerSession session;
  private final CallMeter.Counts counts;
  private final IncompleteCalls incomplete;
  private final long timeoutNanos;
  private boolean over;
  private IncompleteCalls.@Nullable Call waiting;
  private @Nullable Future<?> deadline;

  /**
   * @param incomplete the calls with an incomplete request
   * @param timeoutNanos time that the caller waits, 0 or less when it has passed; {@link
   *     Long#MAX_VALUE} without a limit
   */
  GrpcStream(
      CallerSession session,
      CallMeter.Counts counts,
      IncompleteCalls incomplete,
      long timeoutNanos) {
    this.session = session;
    this.counts = counts;
    this.incomplete = incomplete;
    this.timeoutNanos = timeoutNanos;
  }

  final CallerSession session() {
    return session;
  }

  @Override
  protected final void onOpen() {
    counts.started();
    if (timeoutNanos > 0) {
      begin();
    } else {
      onDeadline();
    }
    if (!over) {
      session.addUnfinished(this);
    }
  }

  /** Begins the call. */
  abstract void begin();

  /** Returns whether the request is not whole yet. */
  abstract boolean isIncomplete();

  /** Releases what the call holds; it is over. */
  abstract void onOver(CallStatus status);

  /** Counts a call that ends because its request is incomplete. */
  void countIncomplete() {}

  /** Follows the reading of the call's connection, in which the call has begun. */
  final void onReadComplete() {
    if (over) {
      return;
    }
    if (isIncomplete()) {
      onRequestIncomplete();
    }
    if (timeoutNanos != Long.MAX_VALUE) {
      deadline = session.loop().schedule(this::onDeadline, timeoutNanos, TimeUnit.NANOSECONDS);
    }
  }

  /** A request that is not whole, for {@link IncompleteCalls}. */
  private final class Waiting extends IncompleteCalls.Call {
    Waiting() {
      super(session.network());
    }

    @Override
    protected void end(String why) {
      session.loop().execute(() -> endIncomplete(why));
    }
  }

  private void endIncomplete(String why) {
    if (!over && isIncomplete()) {
      countIncomplete();
      refuse(CallStatus.of(StatusCode.RESOURCE_EXHAUSTED, why));
    }
  }

  /** Begins the time for the request, of which a part has come. */
  final void onRequestIncomplete() {
    if (waiting == null) {
      waiting = new Waiting();
      incomplete.add(waiting);
    }
  }

  /** Ends the time for the request, which is whole or wanted no more. */
  final void onRequestWhole() {
    if (waiting != null) {
      incomplete.remove(waiting);
      waiting = null;
    }
  }

  private void onDeadline() {
    if (!over) {
      session.connection().reset(this, Http2Error.CANCEL);
      end(CallStatus.of(StatusCode.DEADLINE_EXCEEDED, "the call's deadline has passed"));
    }
  }

  /** Replies with a status alone, and ends the call. */
  void refuse(CallStatus status) {
    if (!over) {
      session.connection().reply(this, GrpcReplies.status(status));
      end(status);
    }
  }

  final boolean isOver() {
    return over;
  }

  /** Ends the call, whose reply has been sent or never will be. */
  final void end(CallStatus status) {
    if (over) {
      return;
    }
    over = true;
    onRequestWhole();
    if (deadline != null) {
      deadline.cancel(false);
    }
    counts.handled(status.code());
    onOver(status);
  }

  @Override
  protected final void onCancelled() {
    end(CallStatus.of(StatusCode.CANCELLED, "the caller has cancelled the call"));
  }
}
