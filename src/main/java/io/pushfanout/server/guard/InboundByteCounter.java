package io.pushfanout.server.guard;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of a message while it arrives, and has them count among {@link
 * InboundMessageBudget} until it has been handed on. gRPC's own limit would do the first too, but
 * tells the caller nothing of the flag to change, and logs a stack trace for each call that is over
 * it.
 *
 * <p>One for each call; all of it happens on the connection's loop.
 */
public final class InboundByteCounter extends ServerStreamTracer {
  private static final Context.Key<InboundByteCounter> KEY = Context.key("pushfanout-wire-meter");

  /**
   * A piece is some objects too, however few its bytes; they are its own, by {@link
   * FragmentCopier}.
   */
  public static final int PIECE_MIN = 4 << 10;

  private final InboundMessageBudget arrivals;

  /** What the call is for, as it is named there; null where it is not. */
  private final @Nullable String target;

  private InboundMessageBudget.Party party = new InboundMessageBudget.Party("unknown", null);
  private long wireLimit = Long.MAX_VALUE;
  private long limit = Long.MAX_VALUE;
  private Consumer<Cut> onCut = _ -> {};
  private boolean counted;
  private long arrived;
  private long inflated;
  private long inflatedOfAll;
  private long taken;
  private boolean cut;

  private InboundByteCounter(InboundMessageBudget arrivals, @Nullable String target) {
    this.arrivals = arrivals;
    this.target = target;
  }

  /** To be given to the server, so that each call has a meter. */
  public static Factory factory(InboundMessageBudget arrivals) {
    return new Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new InboundByteCounter(arrivals, CallTarget.text(headers));
      }
    };
  }

  /** The meter of the call that is being started. */
  static InboundByteCounter ofThisCall() {
    return KEY.get();
  }

  /** Why a call has to end before its message is whole, or instead. */
  enum Cut {
    /** The message has more bytes than it may. */
    TOO_LARGE,
    /** There is no room for it among {@link InboundMessageBudget}. */
    NO_ROOM,
    /** It is no message. */
    BROKEN
  }

  /**
   * Has somebody told, once, when the call has to end.
   *
   * @param wireLimit bytes of the message as it arrives
   * @param limit bytes of what it becomes when it is decompressed
   * @param counted whether what arrives counts among {@link InboundMessageBudget}
   */
  void watch(long wireLimit, long limit, boolean counted, Consumer<Cut> onCut) {
    this.wireLimit = wireLimit;
    this.limit = limit;
    this.counted = counted;
    this.onCut = onCut;
  }

  /** The message is another's to count now. */
  void handOn() {
    if (taken > 0) {
      arrivals.giveBack(party, taken);
      taken = 0;
    }
  }

  /** Ends the call, unless it has been ended: what came is no message. */
  void cutBroken() {
    if (!cut) {
      cut(Cut.BROKEN);
    }
  }

  private void cut(Cut why) {
    cut = true;
    onCut.accept(why);
  }

  /** Whether the call has been ended here. */
  boolean isCut() {
    return cut;
  }

  @Override
  public void serverCallStarted(ServerCallInfo<?, ?> call) {
    party = new InboundMessageBudget.Party(CallerKey.remoteAddress(call.getAttributes()), target);
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(KEY, this);
  }

  @Override
  public void inboundMessage(int seqNo) {
    // What came before it is still held, until the caller has said all.
    arrived = 0;
    inflated = 0;
  }

  @Override
  public void inboundWireSize(long bytes) {
    if (cut) {
      return;
    }
    arrived += bytes;
    if (arrived > wireLimit) {
      cut(Cut.TOO_LARGE);
    } else {
      take(Math.max(bytes, PIECE_MIN));
    }
  }

  /** A little that is compressed may be much that is held. */
  @Override
  public void inboundUncompressedSize(long bytes) {
    inflated += bytes;
    inflatedOfAll += bytes;
    if (cut) {
      return;
    }
    if (inflated > limit) {
      cut(Cut.TOO_LARGE);
    } else if (inflatedOfAll > taken) {
      take(inflatedOfAll - taken);
    }
  }

  private void take(long bytes) {
    if (!counted) {
      return;
    }
    if (arrivals.tryTake(party, bytes)) {
      taken += bytes;
    } else {
      cut(Cut.NO_ROOM);
    }
  }

  @Override
  public void streamClosed(Status status) {
    handOn();
  }
}
