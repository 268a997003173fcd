package io.pushfanout.node;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.protocol.v1.DeliveryGrpc;

/** Takes broadcasts by streams and hands them to the users. */
final class DeliveryService extends DeliveryGrpc.DeliveryImplBase {
  private static final int MOST_UNDER_WAY = 8;

  /** What a request, its envelopes and its texts may come to. */
  private static final int HEAP_PER_REQUEST = 32 << 20;

  private final UserServer users;
  private final int underWay;

  /**
   * @param heap bytes of heap that there may be
   */
  DeliveryService(UserServer users, long heap) {
    this.users = users;
    this.underWay = Math.clamp(heap / HEAP_PER_REQUEST, 1, MOST_UNDER_WAY);
  }

  @Override
  public StreamObserver<DeliverRequest> deliver(StreamObserver<DeliverResponse> acknowledgements) {
    return new DeliveryCall(
        users, (ServerCallStreamObserver<DeliverResponse>) acknowledgements, underWay);
  }
}
