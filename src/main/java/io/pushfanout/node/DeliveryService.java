package io.pushfanout.node;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.protocol.v1.DeliveryGrpc;

/** A service that hands broadcasts from streams to the users. */
final class DeliveryService extends DeliveryGrpc.DeliveryImplBase {
  private static final int MAX_IN_FLIGHT = 8;

  /** Maximum heap bytes of a request with its envelopes and texts. */
  private static final int HEAP_PER_REQUEST = 32 << 20;

  private final UserServer users;
  private final RecentMessages recent;
  private final int inFlight;

  /**
   * @param heap maximum bytes of the heap
   */
  DeliveryService(UserServer users, RecentMessages recent, long heap) {
    this.users = users;
    this.recent = recent;
    this.inFlight = Math.clamp(heap / HEAP_PER_REQUEST, 1, MAX_IN_FLIGHT);
  }

  @Override
  public StreamObserver<DeliverRequest> deliver(StreamObserver<DeliverResponse> acknowledgements) {
    return new DeliveryCall(
        users, recent, (ServerCallStreamObserver<DeliverResponse>) acknowledgements, inFlight);
  }
}
