package io.pushfanout.cli;

import com.google.common.net.InetAddresses;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.discovery.EtcdOptions.EtcdOptionException;
import io.pushfanout.discovery.EtcdRegistration;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.SettingException;
import io.pushfanout.options.UsageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags for the connection to etcd, shared by all commands, and checks of registrations. */
final class EtcdFlags {
  private static final Duration DEFAULT_TTL = Duration.ofSeconds(10);

  @Option(
      names = "--etcd-endpoints",
      paramLabel = "URL",
      split = ",",
      description =
          "Members of the etcd that nodes register in; http or https (default: none for node and"
              + " demo, "
              + EtcdOptions.LOCAL_ENDPOINT
              + " for serve and register).")
  private List<String> endpoints = new ArrayList<>();

  @Option(names = "--etcd-user", paramLabel = "NAME", description = "The user to be in etcd.")
  private @Nullable String user;

  @Option(
      names = "--etcd-password",
      paramLabel = "PASSWORD",
      description = "The user's password; better given as $PUSHFANOUT_ETCD_PASSWORD.")
  private @Nullable String password;

  @Option(
      names = "--etcd-ca",
      paramLabel = "FILE",
      description = "PEM certificates to trust, instead of the JDK's.")
  private @Nullable String ca;

  @Option(
      names = "--etcd-cert",
      paramLabel = "FILE",
      description = "Our PEM certificate, for mutual TLS.")
  private @Nullable String certificate;

  @Option(names = "--etcd-key", paramLabel = "FILE", description = "Its key, PEM.")
  private @Nullable String key;

  @Option(
      names = "--etcd-authority",
      paramLabel = "NAME",
      description = "The name to expect in the members' certificates.")
  private @Nullable String authority;

  /** Returns whether an etcd was named. */
  boolean given() {
    return !endpoints.isEmpty();
  }

  /**
   * Returns null, for a command that uses etcd only if one is named.
   *
   * @throws UsageException with the flag of a connection setting, if no etcd is named
   */
  @Nullable EtcdOptions none() {
    EtcdOptions unnamed = options(); // Errors of values come first.
    refuseAlone("--etcd-user", unnamed.user());
    refuseAlone("--etcd-ca", unnamed.ca());
    refuseAlone("--etcd-cert", unnamed.certificate());
    refuseAlone("--etcd-authority", unnamed.authority());
    return null;
  }

  /**
   * Refuses an option that has an effect only with an etcd.
   *
   * @throws UsageException if it has a value
   */
  static void refuseAlone(String flag, @Nullable Object value) {
    if (value != null) {
      throw new UsageException(flag, "has no use without --etcd-endpoints");
    }
  }

  /**
   * Returns the service to register as.
   *
   * @param given the value of {@code --service}; null: the default
   * @throws UsageException if no service can have the name
   */
  static String service(@Nullable String given) {
    String name = Objects.requireNonNullElse(given, Discovery.Etcd.DEFAULT_SERVICE);
    try {
      new Discovery.Etcd(name, Duration.ZERO);
    } catch (SettingException e) {
      throw new UsageException("--service", e.problem());
    }
    return name;
  }

  /**
   * Returns the time to live of a registration's lease.
   *
   * @param given the value of {@code --lease-ttl}; null: the default
   * @throws UsageException if it is out of its bounds
   */
  static Duration leaseTtl(@Nullable Duration given) {
    Duration ttl = Objects.requireNonNullElse(given, DEFAULT_TTL);
    if (ttl.compareTo(EtcdRegistration.TTL_MIN) < 0
        || ttl.compareTo(EtcdRegistration.TTL_MAX) > 0) {
      throw new UsageException("--lease-ttl", "must be from 2s to 1h");
    }
    return ttl;
  }

  /** Returns whether a host is every address of a machine, which is no address to register. */
  static boolean isWildcard(String host) {
    return InetAddresses.isInetAddress(host) && InetAddresses.forString(host).isAnyLocalAddress();
  }

  /**
   * Returns the connection options.
   *
   * @throws UsageException with the flag of an invalid value
   */
  EtcdOptions options() {
    try {
      return EtcdOptions.parse(
          given() ? endpoints : List.of(EtcdOptions.LOCAL_ENDPOINT),
          user,
          password,
          ca,
          certificate,
          key,
          authority);
    } catch (EtcdOptionException e) {
      throw new UsageException(e.flag(), e.problem());
    }
  }
}
