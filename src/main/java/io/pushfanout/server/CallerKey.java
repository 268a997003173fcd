package io.pushfanout.server;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

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

  /**
   * By the address that it comes from, of IPv6 the first half: whoever has one such address has all
   * of its network (RFC 6177).
   */
  static Object remoteAddress(Attributes transport) {
    SocketAddress remote = transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    if (!(remote instanceof InetSocketAddress internet) || internet.getAddress() == null) {
      return "unknown";
    }
    return internet.getAddress() instanceof Inet6Address ipv6
        ? (Object) ByteBuffer.wrap(ipv6.getAddress()).getLong()
        : internet.getAddress();
  }
}
