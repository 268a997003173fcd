package io.pushfanout.server;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.pushfanout.model.PeerNetwork;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Who makes a call, as far as limits tell callers apart. */
@FunctionalInterface
interface CallerKey {
  /** Equal for the calls of one caller. */
  Object of(ServerCall<?, ?> call, Metadata headers);

  /** By who it is, where that was asked, else by the address that it comes from. */
  static Object identityOrAddress(ServerCall<?, ?> call, Metadata headers) {
    String identity = CallerIdentity.ofThisCall();
    return identity == null ? remoteAddress(call.getAttributes()) : identity;
  }

  /** By the network that it comes from. */
  static Object remoteAddress(Attributes transport) {
    SocketAddress remote = transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return remote instanceof InetSocketAddress internet && internet.getAddress() != null
        ? PeerNetwork.of(internet.getAddress())
        : "unknown";
  }
}
