package io.pushfanout.app;

import com.google.common.net.InetAddresses;
import io.pushfanout.model.HostPattern;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.OwnNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which addresses are no nodes, as far as that can be known without a look-up: those that stand for
 * all addresses of a machine, and those where this process listens itself. What is ours by another
 * name, or by an address that the machine has got since, is noticed when a message comes back.
 *
 * @param ports where it listens
 * @param everywhere whether it listens on all addresses of the machine
 * @param hosts literals and names by which its addresses are known, each in normal form
 */
record OwnAddresses(Set<Integer> ports, boolean everywhere, Set<String> hosts) {
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
  private static final String LOCALHOST = "localhost";

  /** What {@code localhost} stands for (RFC 6761, section 6.3). */
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1");

  OwnAddresses {
    ports = Set.copyOf(ports);
    hosts = Set.copyOf(hosts);
  }

  /**
   * Of a process that listens there.
   *
   * @param bind a host name or IP literal, IPv6 without brackets
   */
  static OwnAddresses of(String bind, Set<Integer> ports) {
    Set<String> hosts = new HashSet<>(Set.of(bind));
    boolean everywhere = false;
    try {
      // It is bound already: no more can come of this look-up than came of that.
      InetAddress bound = InetAddress.getByName(bind);
      everywhere = bound.isAnyLocalAddress();
      hosts.add(literal(bound));
    } catch (UnknownHostException _) {
      // The name went since. Its text is left to know a node by.
    }
    if (everywhere) {
      addMachine(hosts);
    }
    if (everywhere || hosts.stream().anyMatch(LOOPBACK::contains)) {
      hosts.add(LOCALHOST);
    }
    return new OwnAddresses(ports, everywhere, hosts);
  }

  private static void addMachine(Set<String> hosts) {
    try {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .forEach(address -> hosts.add(literal(address)));
    } catch (SocketException _) {
      // Loopback is known all the same.
    }
    hostName().ifPresent(hosts::add);
  }

  private static Optional<String> hostName() {
    try {
      return Optional.of(Files.readString(HOST_NAME).strip().toLowerCase(Locale.ROOT));
    } catch (IOException _) {
      // Not every system says it there.
      return Optional.empty();
    }
  }

  /**
   * The names of a server that listens there: the machine's, too.
   *
   * @param listed by the user
   */
  static OwnNames names(String bind, List<HostPattern> listed) {
    List<HostPattern> hosts = new ArrayList<>(listed);
    try {
      hostName().map(HostPattern::parse).ifPresent(hosts::add);
    } catch (IllegalArgumentException _) {
      // A machine may have a name that is no host's.
    }
    return new OwnNames(bind, hosts);
  }

  private static String literal(InetAddress address) {
    String text = InetAddresses.toAddrString(address);
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  /** Why the address is no node, in one line; empty where nothing is known against it. */
  Optional<String> whyNoNode(NodeAddress node) {
    String host = node.host();
    if (host.equals("0.0.0.0") || host.equals("::")) {
      return Optional.of("it stands for all addresses of a machine, and is the address of none");
    }
    return ports.contains(node.port()) && isOwn(host)
        ? Optional.of("this process listens there itself")
        : Optional.empty();
  }

  private boolean isOwn(String host) {
    return hosts.contains(host)
        || (host.endsWith("." + LOCALHOST) && hosts.contains(LOCALHOST))
        || (everywhere
            && InetAddresses.isInetAddress(host)
            && InetAddresses.forString(host).isLoopbackAddress());
  }
}
