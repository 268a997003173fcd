package io.pushfanout.app;

import io.pushfanout.access.AccessMode;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.model.HostPattern;
import io.pushfanout.options.BindHost;
import io.pushfanout.options.TlsFiles;
import io.pushfanout.options.UsageException;
import io.pushfanout.server.ServerOptions;
import io.pushfanout.tls.PemFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server is told at its start; bad values never get further than here.
 *
 * @param callers where they are heard, and what is taken from them; its host is that of all ports
 * @param tls the files that callers' port speaks TLS with; null: none
 * @param httpTls whether the HTTP port speaks TLS too, as the same server
 * @param httpPort from 0 to 65535, 0 picks a free one
 * @param hosts names besides its own by which the HTTP port shows metrics and status
 * @param source where the fanouts come from
 * @param etcd where nodes register
 * @param tlsProfiles what nodes may be spoken to by, by name
 * @param stateDir keeps what was served last, for the next start; null: nothing is kept
 * @param auditLog has a line for each broadcast call, {@code -} is stdout; null: there is none
 * @param defaultTarget the target of broadcasts that name none; null leaves it to the caller
 * @param access how it is decided who may broadcast
 * @param shutdownDelay from "not ready" to refusing broadcasts
 * @param shutdownTimeout how long all queues together may take to drain
 * @param replicaName this process among its replicas
 */
public record ServeOptions(
    ServerOptions callers,
    @Nullable TlsFiles tls,
    boolean httpTls,
    int httpPort,
    List<HostPattern> hosts,
    SourceOptions source,
    EtcdOptions etcd,
    Map<String, PemFiles> tlsProfiles,
    @Nullable Path stateDir,
    @Nullable Path auditLog,
    BroadcastRequest.@Nullable Target defaultTarget,
    AccessMode access,
    Duration shutdownDelay,
    Duration shutdownTimeout,
    String replicaName) {

  /**
   * @throws UsageException names the flag of a value that cannot be
   */
  public ServeOptions {
    if (httpTls && tls == null) {
      throw new UsageException("--http-tls", "needs --tls-cert and --tls-key with it");
    }
    if (access instanceof AccessMode.Mtls && (tls == null || tls.files().ca() == null)) {
      throw new UsageException("--auth", "mtls needs --tls-client-ca with it");
    }
    hosts = List.copyOf(hosts);
    tlsProfiles = Map.copyOf(tlsProfiles);
    String profile = source.settings().tls().profile();
    if (profile != null && !tlsProfiles.containsKey(profile)) {
      throw new UsageException(
          "--set", "tls.profile=" + profile, "there is no --tls-profile of that name");
    }
  }

  /**
   * Returns how to do without the etcd that nobody has named; empty where one was, or none is
   * needed.
   */
  public String etcdHint() {
    boolean looks =
        source.kubernetes() == null && source.config() == null && source.nodes().isEmpty();
    return looks && etcd.equals(EtcdOptions.LOCAL)
        ? "; --etcd-endpoints names another etcd, --node or --config does without one"
        : "";
  }

  /** What is to be said of it in the log and the status, a sentence each. */
  public List<String> warnings() {
    return BindWarnings.warnings(new BindHost(callers.bind()), access, tls != null);
  }
}
