package io.pushfanout.operator.policy;

import com.google.common.net.InetAddresses;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.SettingException;
import io.pushfanout.operator.policy.TenantPolicy.NotAllowedException;
import io.pushfanout.text.GlobSet;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The lists of the nodes, etcd services and TLS profiles that each namespace may use. They are set
 * by the operator of the installation and outrank every resource. A given list is complete; without
 * one, everything is allowed. Pure.
 *
 * @param statics namespaces that may use {@code discovery.static}, and those that may use {@code
 *     discovery.dns}: the ones without a network; null: all
 * @param services namespaces with the etcd services and prefixes that they may claim; null: all,
 *     each
 * @param profiles namespaces with the TLS profiles that they may choose; null: all, each
 */
public record AllowLists(
    @Nullable List<StaticEntry> statics,
    @Nullable List<NamedEntry> services,
    @Nullable List<NamedEntry> profiles) {
  public static final AllowLists EVERYTHING = new AllowLists(null, null, null);

  public static final String STATIC_FLAG = "--allow-static";
  public static final String SERVICE_FLAG = "--allow-service";
  public static final String TLS_FLAG = "--allow-tls";

  /** An entry that allows nothing, to write an empty list. */
  private static final String NOTHING = "-";

  /** Networks named in a message; the others are counted. */
  private static final int NAMED = 5;

  /**
   * @param namespace a glob
   * @param block the network of the nodes; null: any
   */
  public record StaticEntry(String namespace, @Nullable CidrBlock block) {}

  /**
   * Reads the three lists; an empty list of texts allows everything.
   *
   * @param statics each {@code NAMESPACE} or {@code NAMESPACE=CIDR}
   * @param services each {@code NAMESPACE=SERVICE}, or {@code NAMESPACE=PREFIX} with a slash in the
   *     prefix
   * @param profiles each {@code NAMESPACE=PROFILE}
   * @throws SettingException whose field is the flag of a malformed entry
   */
  public static AllowLists parse(
      List<String> statics, List<String> services, List<String> profiles) {
    return new AllowLists(
        entries(STATIC_FLAG, statics, AllowLists::staticEntry),
        entries(SERVICE_FLAG, services, NamedEntry::parseService),
        entries(TLS_FLAG, profiles, text -> NamedEntry.parse("NAMESPACE=PROFILE", text)));
  }

  private static <T> @Nullable List<T> entries(
      String flag, List<String> texts, Function<String, T> read) {
    if (texts.isEmpty()) {
      return null;
    }
    try {
      return texts.stream().filter(text -> !text.equals(NOTHING)).map(read).toList();
    } catch (IllegalArgumentException e) {
      throw new SettingException(flag, String.valueOf(e.getMessage()));
    }
  }

  private static StaticEntry staticEntry(String text) {
    int equals = text.indexOf('=');
    return equals < 0
        ? new StaticEntry(NamedEntry.glob(text, "NAMESPACE or NAMESPACE=CIDR", text), null)
        : new StaticEntry(
            NamedEntry.glob(text.substring(0, equals), "NAMESPACE or NAMESPACE=CIDR", text),
            CidrBlock.parse(text.substring(equals + 1)));
  }

  /**
   * Rejects a fanout that its namespace may not have.
   *
   * @throws NotAllowedException names the field, and the flag to request from the operator
   */
  void check(FanoutSpec fanout) {
    String namespace = fanout.name().namespace();
    switch (fanout.discovery()) {
      case Discovery.Etcd etcd -> checkService(namespace, etcd);
      case Discovery.EndpointSlices _ -> {
        // The Service is in the namespace, where the API server decides on the rights to it.
      }
      case Discovery.Dns _ -> checkDns(namespace);
      case Discovery.Static fixed -> checkNodes(namespace, fixed.nodes());
    }
    checkProfile(namespace, fanout.settings().tls().profile());
  }

  private void checkService(String namespace, Discovery.Etcd etcd) {
    String service = etcd.registeredUnder();
    if (NamedEntry.isAllowed(services, namespace, service)) {
      return;
    }
    if (etcd.prefix() == null) {
      throw new NotAllowedException(
          "discovery.etcd.serviceName",
          "namespace %1$s may not claim the service %2$s; an administrator of PushFanout allows it with %3$s %1$s=%2$s"
              .formatted(namespace, service, SERVICE_FLAG));
    }
    throw new NotAllowedException(
        "discovery.etcd.prefix",
        "namespace %1$s may not claim the prefix %2$s; an administrator of PushFanout allows it with %3$s %1$s=%4$s"
            .formatted(namespace, etcd.prefix(), SERVICE_FLAG, service));
  }

  /**
   * Rejects a TLS profile of other namespaces. Plaintext presents no certificate of this server,
   * and is always allowed.
   */
  private void checkProfile(String namespace, @Nullable String profile) {
    if (profile != null && !NamedEntry.isAllowed(profiles, namespace, profile)) {
      throw new NotAllowedException(
          "tls.profile",
          "namespace %1$s may not choose the TLS profile %2$s; an administrator of PushFanout allows it with %3$s %1$s=%2$s"
              .formatted(namespace, profile, TLS_FLAG));
    }
  }

  /**
   * Rejects nodes by DNS where a namespace may not have static nodes at all addresses: a name may
   * get any address after the check.
   */
  private void checkDns(String namespace) {
    if (statics != null
        && statics.stream()
            .noneMatch(
                entry -> entry.block() == null && GlobSet.matches(entry.namespace(), namespace))) {
      throw new NotAllowedException(
          "discovery.dns",
          "namespace %1$s may not have nodes by DNS, which may be at any address; an administrator of PushFanout allows it with %2$s %1$s"
              .formatted(namespace, STATIC_FLAG));
    }
  }

  private void checkNodes(String namespace, Set<NodeAddress> nodes) {
    if (statics == null) {
      return;
    }
    List<StaticEntry> own =
        statics.stream().filter(entry -> GlobSet.matches(entry.namespace(), namespace)).toList();
    if (own.isEmpty()) {
      throw new NotAllowedException(
          "discovery.static",
          "namespace %1$s may not have static nodes; an administrator of PushFanout allows it with %2$s %1$s=CIDR"
              .formatted(namespace, STATIC_FLAG));
    }
    if (own.stream().anyMatch(entry -> entry.block() == null)) {
      return;
    }
    List<CidrBlock> networks =
        own.stream().map(StaticEntry::block).filter(Objects::nonNull).toList();
    nodes.stream()
        .filter(node -> !isIn(networks, node))
        .sorted()
        .findFirst()
        .ifPresent(outside -> refuse(outside, namespace, networks));
  }

  private static void refuse(NodeAddress outside, String namespace, List<CidrBlock> networks) {
    String first =
        networks.stream().limit(NAMED).map(CidrBlock::toString).collect(Collectors.joining(", "));
    String more = networks.size() > NAMED ? " and %d more".formatted(networks.size() - NAMED) : "";
    String what =
        InetAddresses.isInetAddress(outside.host()) ? "not in" : "a name, and no address in";
    throw new NotAllowedException(
        "discovery.static.nodes",
        "%1$s is %2$s %3$s, where those of namespace %4$s have to be; an administrator of PushFanout allows it with %5$s %4$s=CIDR"
            .formatted(outside, what, first + more, namespace, STATIC_FLAG));
  }

  /**
   * Returns whether a node is in one of the networks. A host name is in none: its addresses may
   * change after the check.
   */
  private static boolean isIn(List<CidrBlock> networks, NodeAddress node) {
    if (!InetAddresses.isInetAddress(node.host())) {
      return false;
    }
    InetAddress address = InetAddresses.forString(node.host());
    return networks.stream().anyMatch(block -> block.contains(address));
  }
}
