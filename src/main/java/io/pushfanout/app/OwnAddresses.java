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
 * The addresses that cannot be nodes, as far as no look-up is needed: wildcard addresses, and
 * addresses of this process's own ports. Another name of this machine, or an address assigned after
 * the start, is detected only when a message comes back.
 *
 * @param ports the ports of this process
 * @param everywhere whether the ports are bound to all addresses of the machine
 * @param hosts names and IP literals of the bound addresses, each in normal form
 */
record OwnAddresses(Set<Integer> ports, boolean everywhere, Set<String> hosts) {
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
  private static final String LOCALHOST = "localhost";

  /** The addresses of {@code localhost} (RFC 6761, section 6.3). */
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1");

  OwnAddresses {
    ports = Set.copyOf(ports);
    hosts = Set.copyOf(hosts);
  }

  /**
   * Returns the addresses of a process that listens on the host.
   *
   * @param bind a host name or IP literal, IPv6 without brackets
   */
  static OwnAddresses of(String bind, Set<Integer> ports) {
    Set<String> hosts = new HashSet<>(Set.of(bind));
    boolean everywhere = false;
    try {
      // The port is bound, so this look-up repeats one that has succeeded.
      InetAddress bound = InetAddress.getByName(bind);
      everywhere = bound.isAnyLocalAddress();
      hosts.add(literal(bound));
    } catch (UnknownHostException _) {
      // The name has been removed since; its text still identifies a node.
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
      // The loopback addresses need no look-up.
    }
    hostName().ifPresent(hosts::add);
  }

  private static Optional<String> hostName() {
    try {
      return Optional.of(Files.readString(HOST_NAME).strip().toLowerCase(Locale.ROOT));
    } catch (IOException _) {
      // The file does not exist on every system.
      return Optional.empty();
    }
  }

  /**
   * Returns the names of a server that listens on the host; the machine's host name is one of them.
   *
   * @param listed further names, given by the user
   */
  static OwnNames names(String bind, List<HostPattern> listed) {
    List<HostPattern> hosts = new ArrayList<>(listed);
    try {
      hostName().map(HostPattern::parse).ifPresent(hosts::add);
    } catch (IllegalArgumentException _) {
      // A machine's name may be invalid as a host name.
    }
    return new OwnNames(bind, hosts);
  }

  private static String literal(InetAddress address) {
    String text = InetAddresses.toAddrString(address);
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  /** Returns why the address cannot be a node, in one line; empty if there is no objection. */
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
