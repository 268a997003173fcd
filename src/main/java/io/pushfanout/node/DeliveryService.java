package io.pushfanout.node;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.protocol.v1.DeliveryGrpc;

/** Takes broadcasts by streams and hands them to the users. */
final class DeliveryService extends DeliveryGrpc.DeliveryImplBase {
  private final UserServer users;

  DeliveryService(UserServer users) {
    this.users = users;
  }

  @Override
  public StreamObserver<DeliverRequest> deliver(StreamObserver<DeliverResponse> acknowledgements) {
    return new DeliveryCall(users, (ServerCallStreamObserver<DeliverResponse>) acknowledgements);
  }
}
