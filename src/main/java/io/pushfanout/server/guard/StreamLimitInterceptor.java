package io.pushfanout.server.guard;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * An interceptor that bounds the streams of health and reflection, which have no end of their own.
 * A unary call ends at once, and is never refused for the streams of others: a load balancer that
 * checks health would remove a healthy server.
 */
public final class StreamLimitInterceptor implements ServerInterceptor {
  private final CallsInFlight streams;

  public StreamLimitInterceptor(CallsInFlight streams) {
    this.streams = streams;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return call.getMethodDescriptor().getType() == MethodType.UNARY
        ? next.startCall(call, headers)
        : streams.interceptCall(call, headers, next);
  }
}
