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
 * A service whose requests are read without a throw: gRPC would log a stack trace for what is a
 * caller's fault, as often as callers like. A call whose request is no message is cut instead.
 */
public final class LenientService {
  private LenientService() {}

  public static ServerServiceDefinition of(ServerServiceDefinition service) {
    ServiceDescriptor descriptor = service.getServiceDescriptor();
    ServiceDescriptor.Builder quiet =
        ServiceDescriptor.newBuilder(descriptor.getName())
            .setSchemaDescriptor(descriptor.getSchemaDescriptor());
    var methods = service.getMethods().stream().map(LenientService::quiet).toList();
    methods.forEach(method -> quiet.addMethod(method.getMethodDescriptor()));
    ServerServiceDefinition.Builder builder = ServerServiceDefinition.builder(quiet.build());
    methods.forEach(builder::addMethod);
    return builder.build();
  }

  private static <Q, R> ServerMethodDefinition<Q, R> quiet(ServerMethodDefinition<Q, R> method) {
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
        InboundByteCounter.ofThisCall().cutBroken();
        // Nobody hears of it any more.
        return requireNonNull(marshaller.getMessagePrototype());
      }
    }

    @Override
    public InputStream stream(Q request) {
      return marshaller.stream(request);
    }
  }
}
