package io.pushfanout.server;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Counts the bytes of a message while it arrives, and has them count among {@link Arrivals} until
 * it has been handed on. gRPC's own limit would do the first too, but tells the caller nothing of
 * the flag to change, and logs a stack trace for each call that is over it.
 *
 * <p>One for each call; all of it happens on the connection's loop.
 */
final class WireMeter extends ServerStreamTracer {
  private static final Context.Key<WireMeter> KEY = Context.key("pushfanout-wire-meter");

  /**
   * A piece is some objects too, however few its bytes; they are its own, by {@link SmallPieces}.
   */
  static final int PIECE_MIN = 4 << 10;

  private final Arrivals arrivals;
  private long wireLimit = Long.MAX_VALUE;
  private long limit = Long.MAX_VALUE;
  private Runnable tooLarge = () -> {};
  private Runnable noRoom = () -> {};
  private Runnable broken = () -> {};
  private boolean counted;
  private long arrived;
  private long inflated;
  private long inflatedOfAll;
  private long taken;
  private boolean cut;

  private WireMeter(Arrivals arrivals) {
    this.arrivals = arrivals;
  }

  /** To be given to the server, so that each call has a meter. */
  static Factory factory(Arrivals arrivals) {
    return new Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new WireMeter(arrivals);
      }
    };
  }

  /** The meter of the call that is being started. */
  static WireMeter ofThisCall() {
    return KEY.get();
  }

  /**
   * Runs one of these, once, when the call has to end: a message has more bytes than that, there is
   * no room for it, or it is none.
   *
   * @param wireLimit of the message as it arrives
   * @param limit of what it becomes when it is decompressed
   * @param counted whether what arrives counts among {@link Arrivals}
   */
  void watch(
      long wireLimit,
      long limit,
      boolean counted,
      Runnable tooLarge,
      Runnable noRoom,
      Runnable broken) {
    this.wireLimit = wireLimit;
    this.limit = limit;
    this.counted = counted;
    this.tooLarge = tooLarge;
    this.noRoom = noRoom;
    this.broken = broken;
  }

  /** The message is another's to count now. */
  void handOn() {
    arrivals.giveBack(taken);
    taken = 0;
  }

  /** Ends the call, unless it has been ended: what came is no message. */
  void cutBroken() {
    if (!cut) {
      cut = true;
      broken.run();
    }
  }

  /** Whether the call has been ended here. */
  boolean isCut() {
    return cut;
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
      cut = true;
      tooLarge.run();
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
      cut = true;
      tooLarge.run();
    } else if (inflatedOfAll > taken) {
      take(inflatedOfAll - taken);
    }
  }

  private void take(long bytes) {
    if (!counted) {
      return;
    }
    if (arrivals.tryTake(bytes)) {
      taken += bytes;
    } else {
      cut = true;
      noRoom.run();
    }
  }

  @Override
  public void streamClosed(Status status) {
    handOn();
  }
}
