package io.pushfanout.tracing;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.protocol.v1.DeliveryGrpc;
import io.pushfanout.protocol.v1.Envelope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A node of grpc-java that keeps the place in a trace of each message. */
final class TracedNode implements AutoCloseable {
  private static final Metadata.Key<String> TRACEPARENT =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

  private final Queue<String> traces;
  private final Server server;

  private TracedNode(Queue<String> traces, NettyServerBuilder builder) throws IOException {
    this.traces = traces;
    server = builder.intercept(new Recorder()).build().start();
  }

  private static NettyServerBuilder builder() {
    return NettyServerBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /**
   * Starts a node that takes calls.
   *
   * @param status of each answer
   */
  static TracedNode ofCalls(Status status) throws IOException {
    return new TracedNode(new ConcurrentLinkedQueue<>(), builder().addService(new Calls(status)));
  }

  /** Starts a node that takes streams. */
  static TracedNode ofStreams() throws IOException {
    Queue<String> traces = new ConcurrentLinkedQueue<>();
    return new TracedNode(traces, builder().addService(new Streams(traces)));
  }

  NodeAddress address() {
    return new NodeAddress("127.0.0.1", server.getPort());
  }

  /** Returns {@code traceparent} of the next message; empty of one without. */
  String next() {
    return traces.remove();
  }

  void forget() {
    traces.clear();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  /** Keeps the metadata of calls. */
  private final class Recorder implements ServerInterceptor {
    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
      if (PushServerGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName())) {
        String value = headers.get(TRACEPARENT);
        traces.add(value == null ? "" : value);
      }
      return next.startCall(call, headers);
    }
  }

  private static final class Calls extends PushServerGrpc.PushServerImplBase {
    private final Status status;

    private Calls(Status status) {
      this.status = status;
    }

    @Override
    public void broadcast(BroadCastReq request, StreamObserver<BroadCastReply> reply) {
      answer(reply);
    }

    @Override
    public void broadcastToRoom(BroadCastRoomReq request, StreamObserver<BroadCastReply> reply) {
      answer(reply);
    }

    private void answer(StreamObserver<BroadCastReply> reply) {
      if (status.isOk()) {
        reply.onNext(BroadCastReply.getDefaultInstance());
        reply.onCompleted();
      } else {
        reply.onError(status.asException());
      }
    }
  }

  private static final class Streams extends DeliveryGrpc.DeliveryImplBase {
    private final Queue<String> traces;

    private Streams(Queue<String> traces) {
      this.traces = traces;
    }

    @Override
    public StreamObserver<DeliverRequest> deliver(StreamObserver<DeliverResponse> responses) {
      return new StreamObserver<>() {
        private int taken;

        @Override
        public void onNext(DeliverRequest request) {
          request.getEnvelopesList().stream().map(Envelope::getTraceparent).forEach(traces::add);
          taken += request.getEnvelopesCount();
          responses.onNext(DeliverResponse.newBuilder().setAcknowledged(taken).build());
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
          responses.onCompleted();
        }
      };
    }
  }
}
