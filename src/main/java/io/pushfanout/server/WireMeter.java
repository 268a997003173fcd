package io.pushfanout.server;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;

/**
 * Counts the bytes of a message while it arrives. gRPC's own limit would do that too, but tells the
 * caller nothing of the flag to change, and logs a stack trace for each call that is over it.
 *
 * <p>One for each call; all of it happens on the connection's loop.
 */
final class WireMeter extends ServerStreamTracer {
  private static final Context.Key<WireMeter> KEY = Context.key("pushfanout-wire-meter");

  private long limit = Long.MAX_VALUE;
  private Runnable exceeded = () -> {};
  private long arrived;

  private WireMeter() {}

  /** To be given to the server, so that each call has a meter. */
  static Factory factory() {
    return new Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new WireMeter();
      }
    };
  }

  /** The meter of the call that is being started. */
  static WireMeter ofThisCall() {
    return KEY.get();
  }

  /** Runs {@code exceeded}, once, when a message has more than {@code limit} bytes. */
  void watch(long limit, Runnable exceeded) {
    this.limit = limit;
    this.exceeded = exceeded;
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(KEY, this);
  }

  @Override
  public void inboundMessage(int seqNo) {
    arrived = 0;
  }

  @Override
  public void inboundWireSize(long bytes) {
    arrived += bytes;
    if (arrived > limit) {
      limit = Long.MAX_VALUE;
      exceeded.run();
    }
  }
}
