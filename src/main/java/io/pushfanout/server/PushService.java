package io.pushfanout.server;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.server.PayloadMarshaller.Received;

/**
 * The service {@code protocol.PushServer} as gRPC serves it: the generated one, but its requests
 * stay bytes (see {@link PayloadMarshaller}). The generated schema stays too, for reflection.
 */
final class PushService {
  private PushService() {}

  static ServerServiceDefinition of(BroadcastHandler handler) {
    MethodDescriptor<Received, BroadCastReply> broadcast =
        keptAsBytes(PushServerGrpc.getBroadcastMethod(), Rpc.BROADCAST);
    MethodDescriptor<Received, BroadCastReply> broadcastToRoom =
        keptAsBytes(PushServerGrpc.getBroadcastToRoomMethod(), Rpc.BROADCAST_TO_ROOM);
    return ServerServiceDefinition.builder(
            ServiceDescriptor.newBuilder(PushServerGrpc.SERVICE_NAME)
                .setSchemaDescriptor(PushServerGrpc.getServiceDescriptor().getSchemaDescriptor())
                .addMethod(broadcast)
                .addMethod(broadcastToRoom)
                .build())
        .addMethod(broadcast, handler)
        .addMethod(broadcastToRoom, handler)
        .build();
  }

  private static MethodDescriptor<Received, BroadCastReply> keptAsBytes(
      MethodDescriptor<?, BroadCastReply> generated, Rpc rpc) {
    return generated.toBuilder(new PayloadMarshaller(rpc), generated.getResponseMarshaller())
        .build();
  }
}
