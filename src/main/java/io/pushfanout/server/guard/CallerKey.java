package io.pushfanout.server.guard;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.pushfanout.model.PeerNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Who makes a call, as far as limits tell callers apart. */
@FunctionalInterface
public interface CallerKey {
  /** Equal for the calls of one caller. */
  Object of(ServerCall<?, ?> call, Metadata headers);

  /** By who it is, where that was asked, else by the address that it comes from. */
  static Object identityOrAddress(ServerCall<?, ?> call, Metadata headers) {
    String identity = CallerIdentity.ofThisCall();
    return identity == null ? remoteAddress(call.getAttributes()) : identity;
  }

  /** By the network that it comes from. */
  static Object remoteAddress(Attributes transport) {
    return network(transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
  }

  /** A caller as people read it. */
  static String text(Object caller) {
    return switch (caller) {
      case InetAddress address -> address.getHostAddress();
      case Long network -> PeerNetwork.text(network);
      case InboundMessageBudget.Party(Object address, String target) ->
          target == null ? text(address) : text(address) + " for " + target;
      default -> caller.toString();
    };
  }

  /** The network of an address. */
  static Object network(@Nullable SocketAddress remote) {
    return remote instanceof InetSocketAddress internet && internet.getAddress() != null
        ? PeerNetwork.of(internet.getAddress())
        : "unknown";
  }
}
