package io.pushfanout.it;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.protocol.v1.DeliveryGrpc;
import io.pushfanout.protocol.v1.Envelope;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The messages that a node has received, by calls or by streams. A message's id is its {@code seq}.
 */
final class RoomNodeMessages {
  private final BitSet ids = new BitSet();
  private final List<String> messageIds = new ArrayList<>();
  private long count;

  private synchronized void received(int id) {
    ids.set(id);
    count++;
  }

  synchronized boolean has(int id) {
    return ids.get(id);
  }

  /** Returns the number of messages; one that came twice counts twice. */
  synchronized long count() {
    return count;
  }

  private synchronized void named(String messageId) {
    messageIds.add(messageId);
  }

  /** Returns the callers' ids of the messages that came by streams, where there was one. */
  synchronized List<String> messageIds() {
    return List.copyOf(messageIds);
  }

  BindableService calls() {
    return new PushServerGrpc.PushServerImplBase() {
      @Override
      public void broadcast(BroadCastReq request, StreamObserver<BroadCastReply> reply) {
        answer(request.getProto().getSeq(), reply);
      }

      @Override
      public void broadcastToRoom(BroadCastRoomReq request, StreamObserver<BroadCastReply> reply) {
        answer(request.getProto().getSeq(), reply);
      }
    };
  }

  private void answer(int id, StreamObserver<BroadCastReply> reply) {
    received(id);
    reply.onNext(BroadCastReply.getDefaultInstance());
    reply.onCompleted();
  }

  BindableService streams() {
    return new DeliveryGrpc.DeliveryImplBase() {
      @Override
      public StreamObserver<DeliverRequest> deliver(StreamObserver<DeliverResponse> responses) {
        return new Delivery(responses);
      }
    };
  }

  private final class Delivery implements StreamObserver<DeliverRequest> {
    private final StreamObserver<DeliverResponse> responses;
    private long acknowledged;

    private Delivery(StreamObserver<DeliverResponse> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(DeliverRequest request) {
      for (Envelope envelope : request.getEnvelopesList()) {
        if (!envelope.getMessageId().isEmpty()) {
          named(envelope.getMessageId());
        }
        received(id(envelope));
      }
      acknowledged += request.getEnvelopesCount();
      responses.onNext(DeliverResponse.newBuilder().setAcknowledged(acknowledged).build());
    }

    private static int id(Envelope envelope) {
      try {
        return envelope.hasBroadcast()
            ? BroadCastReq.parseFrom(envelope.getBroadcast()).getProto().getSeq()
            : BroadCastRoomReq.parseFrom(envelope.getBroadcastToRoom()).getProto().getSeq();
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalArgumentException(e);
      }
    }

    @Override
    public void onError(Throwable lost) {
      // The node or the server has ended.
    }

    @Override
    public void onCompleted() {
      responses.onCompleted();
    }
  }
}
