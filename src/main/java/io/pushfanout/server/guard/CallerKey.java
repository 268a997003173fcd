package io.pushfanout.server.guard;

import io.pushfanout.model.PeerNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The keys by which limits tell callers apart: identities, and networks of addresses. */
public final class CallerKey {
  private CallerKey() {}

  /** Returns the network of an address. */
  public static Object network(@Nullable SocketAddress remote) {
    return remote instanceof InetSocketAddress internet && internet.getAddress() != null
        ? PeerNetwork.of(internet.getAddress())
        : "unknown";
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
}
