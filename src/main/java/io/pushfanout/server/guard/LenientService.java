package io.pushfanout.server.guard;

import static java.util.Objects.requireNonNull;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;

/**
 * A service that reads requests without a throw: gRPC would log a stack trace for a fault of the
 * caller, as often as callers like. A call without a valid request is ended instead.
 */
public final class LenientService {
  private LenientService() {}

  public static ServerServiceDefinition of(ServerServiceDefinition service) {
    ServiceDescriptor descriptor = service.getServiceDescriptor();
    ServiceDescriptor.Builder lenient =
        ServiceDescriptor.newBuilder(descriptor.getName())
            .setSchemaDescriptor(descriptor.getSchemaDescriptor());
    var methods = service.getMethods().stream().map(LenientService::lenient).toList();
    methods.forEach(method -> lenient.addMethod(method.getMethodDescriptor()));
    ServerServiceDefinition.Builder builder = ServerServiceDefinition.builder(lenient.build());
    methods.forEach(builder::addMethod);
    return builder.build();
  }

  private static <Q, R> ServerMethodDefinition<Q, R> lenient(ServerMethodDefinition<Q, R> method) {
    MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor();
    var requests = (PrototypeMarshaller<Q>) descriptor.getRequestMarshaller();
    return ServerMethodDefinition.create(
        descriptor.toBuilder(new Quiet<>(requests), descriptor.getResponseMarshaller()).build(),
        method.getServerCallHandler());
  }

  private record Quiet<Q>(PrototypeMarshaller<Q> marshaller)
      implements MethodDescriptor.Marshaller<Q> {
    @Override
    public Q parse(InputStream stream) {
      try {
        return marshaller.parse(stream);
      } catch (StatusRuntimeException _) {
        InboundByteCounter.current().cutBroken();
        // The call has ended: its listener does not get this message.
        return requireNonNull(marshaller.getMessagePrototype());
      }
    }

    @Override
    public InputStream stream(Q request) {
      return marshaller.stream(request);
    }
  }
}
