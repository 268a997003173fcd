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

/** A key by which limits tell callers apart. */
@FunctionalInterface
public interface CallerKey {
  /** Returns a key that is equal for the calls of one caller. */
  Object of(ServerCall<?, ?> call, Metadata headers);

  /**
   * Returns the caller's identity, if callers are authenticated, else the network of its address.
   */
  static Object identityOrAddress(ServerCall<?, ?> call, Metadata headers) {
    String identity = CallerIdentity.current();
    return identity == null ? remoteAddress(call.getAttributes()) : identity;
  }

  /** Returns the network of the caller's address. */
  static Object remoteAddress(Attributes transport) {
    return network(transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
  }

  /** Returns the text of a key, for people. */
  static String text(Object caller) {
    return switch (caller) {
      case InetAddress address -> address.getHostAddress();
      case Long network -> PeerNetwork.text(network);
      case InboundMessageBudget.Party(Object address, String target) ->
          target == null ? text(address) : text(address) + " for " + target;
      default -> caller.toString();
    };
  }

  /** Returns the network of an address. */
  public static Object network(@Nullable SocketAddress remote) {
    return remote instanceof InetSocketAddress internet && internet.getAddress() != null
        ? PeerNetwork.of(internet.getAddress())
        : "unknown";
  }
}
