package io.pushfanout.cli;

import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.discovery.EtcdOptions.EtcdOptionException;
import io.pushfanout.options.UsageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags for the connection to etcd, shared by all commands. */
final class EtcdFlags {
  @Option(
      names = "--etcd-endpoints",
      paramLabel = "URL",
      split = ",",
      description =
          "Members of the etcd that nodes register in; http or https (default: none for node and"
              + " demo, "
              + EtcdOptions.LOCAL_ENDPOINT
              + " for serve).")
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
