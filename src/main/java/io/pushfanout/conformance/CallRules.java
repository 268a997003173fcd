package io.pushfanout.conformance;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.pushfanout.conformance.NodeProbe.Answer;
import io.pushfanout.model.Via;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.PushServerGrpc.PushServerFutureStub;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** The checks of calls, their metadata, and connections. */
final class CallRules {
  /** Field that no version of the messages has. */
  private static final int UNKNOWN_FIELD = 1000;

  private static final int MESSAGE_BYTES = 4 << 20;
  private static final int PARALLEL_CALLS = 10;
  private static final int CONNECTIONS = 10;

  private CallRules() {}

  static void broadcast(NodeProbe node) throws ViolationException {
    node.accepts(node.broadcast());
  }

  static void broadcastToRoom(NodeProbe node) throws ViolationException {
    NodeProbe.requireOk(
        node.call(
                node.connection(),
                new Metadata(),
                stub -> stub.broadcastToRoom(node.roomBroadcast()))
            .status());
  }

  static void unknownFields(NodeProbe node) throws ViolationException {
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(
                UNKNOWN_FIELD,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("later"))
                    .build())
            .build();
    node.accepts(
        BroadCastReq.newBuilder()
            .setProto(node.message().setUnknownFields(unknown))
            .setUnknownFields(unknown)
            .build());
  }

  static void numbers(NodeProbe node) throws ViolationException {
    node.accepts(
        BroadCastReq.newBuilder()
            .setProto(node.message().setVer(-1).setOp(Integer.MIN_VALUE).setSeq(Integer.MAX_VALUE))
            .build());
  }

  static void emptyBody(NodeProbe node) throws ViolationException {
    node.accepts(BroadCastReq.newBuilder().setProto(node.message().clearBody()).build());
  }

  static void largeMessage(NodeProbe node) throws ViolationException {
    node.accepts(node.broadcastOf(MESSAGE_BYTES));
  }

  static void parallelCalls(NodeProbe node) throws ViolationException, InterruptedException {
    PushServerFutureStub stub =
        PushServerGrpc.newFutureStub(node.connection()).withDeadline(node.deadline());
    List<ListenableFuture<BroadCastReply>> calls = new ArrayList<>();
    for (int i = 0; i < PARALLEL_CALLS; i++) {
      calls.add(stub.broadcast(node.broadcast()));
    }
    for (ListenableFuture<BroadCastReply> call : calls) {
      try {
        var _ = call.get();
      } catch (ExecutionException e) {
        NodeProbe.requireOk(Status.fromThrowable(e));
      }
    }
  }

  static void unknownMetadata(NodeProbe node) throws ViolationException {
    Metadata metadata = new Metadata();
    metadata.put(key("pushfanout-later"), "1");
    metadata.put(key("pushfanout-target"), "default/pushfanout-check");
    metadata.put(key("traceparent"), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
    node.accepts(node.broadcast(), metadata);
  }

  static void repeatedMessage(NodeProbe node) throws ViolationException {
    Metadata metadata = new Metadata();
    metadata.put(key("pushfanout-message-id"), UUID.randomUUID().toString());
    node.accepts(node.broadcast(), metadata);
    node.accepts(node.broadcast(), metadata);
  }

  static void hopList(NodeProbe node) throws ViolationException {
    Metadata metadata = new Metadata();
    metadata.put(key(Via.METADATA), UUID.randomUUID() + ", " + UUID.randomUUID());
    metadata.put(key(Via.METADATA), UUID.randomUUID().toString());
    Answer answer =
        node.call(node.connection(), metadata, stub -> stub.broadcast(node.broadcast()));
    boolean loop = "1".equals(answer.trailers().get(key(Via.LOOP_TRAILER)));
    if (answer.status().getCode() != Status.Code.FAILED_PRECONDITION || !loop) {
      if (!answer.status().isOk()) {
        throw new ViolationException(
            "OK, or FAILED_PRECONDITION with the trailer pushfanout-loop: 1",
            NodeProbe.describe(answer.status()));
      }
    }
  }

  static void secondConnection(NodeProbe node) throws ViolationException {
    callOnce(node);
    node.accepts(node.broadcast());
  }

  static void manyConnections(NodeProbe node) throws ViolationException, InterruptedException {
    for (int i = 0; i < CONNECTIONS; i++) {
      var _ = callOnce(node).awaitTermination(1, TimeUnit.SECONDS);
    }
  }

  /** Makes a call on another connection, and sends GOAWAY and ends that connection. */
  private static ManagedChannel callOnce(NodeProbe node) throws ViolationException {
    ManagedChannel channel = node.dial().get();
    try {
      NodeProbe.requireOk(
          node.call(channel, new Metadata(), stub -> stub.broadcast(node.broadcast())).status());
    } finally {
      channel.shutdown();
    }
    return channel;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
