package io.pushfanout.server.guard;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A counter of the bytes of a message while it arrives, which count in the {@link
 * InboundMessageBudget} until the message is transferred. gRPC's own limit could bound the size
 * too, but does not name the flag to change, and logs a stack trace for each call above it.
 *
 * <p>Each call has one, for the connection's loop only.
 */
public final class InboundByteCounter extends ServerStreamTracer {
  private static final Context.Key<InboundByteCounter> KEY = Context.key("pushfanout-wire-meter");

  /**
   * Bytes that a fragment counts at least, since it takes some objects too; the objects are its
   * own, by {@link FragmentCopier}.
   */
  public static final int PIECE_MIN = 4 << 10;

  private final InboundMessageBudget arrivals;

  /** Target that the call names; null without one. */
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

  /** Returns a factory for the server that gives each call a counter. */
  public static Factory factory(InboundMessageBudget arrivals) {
    return new Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new InboundByteCounter(arrivals, CallTarget.text(CallMetadata.of(headers)));
      }
    };
  }

  /** Returns the counter of the call that is being started. */
  static InboundByteCounter current() {
    return KEY.get();
  }

  /** The reason why a call ends before its message is whole, or instead. */
  enum Cut {
    /** The message is above its limit. */
    TOO_LARGE,
    /** The {@link InboundMessageBudget} has no room for the message. */
    NO_ROOM,
    /** The bytes are no message. */
    BROKEN
  }

  /**
   * Sets the limits, and the callback that runs once when the call has to end.
   *
   * @param wireLimit bytes of the message as it arrives
   * @param limit bytes of the message after decompression
   * @param counted whether arriving bytes count in the {@link InboundMessageBudget}
   */
  void watch(long wireLimit, long limit, boolean counted, Consumer<Cut> onCut) {
    this.wireLimit = wireLimit;
    this.limit = limit;
    this.counted = counted;
    this.onCut = onCut;
  }

  /** Releases the bytes: the message's next owner counts them now. */
  void transfer() {
    if (taken > 0) {
      arrivals.giveBack(party, taken);
      taken = 0;
    }
  }

  /** Ends the call, unless it has been ended: its bytes are no message. */
  void cutBroken() {
    if (!cut) {
      cut(Cut.BROKEN);
    }
  }

  private void cut(Cut why) {
    cut = true;
    onCut.accept(why);
  }

  /** Returns whether the call has been ended here. */
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
    // Bytes of earlier messages are still held, until the end of the request.
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

  /** Counts decompressed bytes: few compressed ones may become many that are held. */
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
    transfer();
  }
}
