package io.pushfanout.app;

import io.pushfanout.auth.AuthMode;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.HostPattern;
import io.pushfanout.model.OriginPattern;
import io.pushfanout.options.BindHost;
import io.pushfanout.options.TlsFiles;
import io.pushfanout.options.UsageException;
import io.pushfanout.server.ServerOptions;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tracing.TracingOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of a server; the constructor rejects invalid values.
 *
 * @param callers address and limits of the callers' port; all ports listen on its host
 * @param tls TLS files of the callers' port; null: plaintext
 * @param httpTls whether the HTTP port uses TLS with the same files
 * @param httpPort from 0 to 65535, 0 picks a free one
 * @param hosts host names, besides its own, for which the HTTP port serves metrics and status
 * @param origins origins whose pages may broadcast by the HTTP port
 * @param source the source of the fanouts
 * @param etcd the etcd in which nodes register
 * @param tlsProfiles TLS files for connections to nodes, by profile name
 * @param stateDir the directory of saved state for the next start; null: none
 * @param auditLog the file with a line for each broadcast call, {@code -} is stdout; null: none
 * @param tracing the collector of traces; off without one
 * @param defaultTarget the target of broadcasts that name none; null: callers must name one
 * @param authMode the method of authenticating callers
 * @param shutdownDelay the time from "not ready" to refusing broadcasts
 * @param shutdownTimeout the deadline to drain all queues together
 * @param replicaName the name of this process among its replicas
 */
public record ServeOptions(
    ServerOptions callers,
    @Nullable TlsFiles tls,
    boolean httpTls,
    int httpPort,
    List<HostPattern> hosts,
    List<OriginPattern> origins,
    SourceOptions source,
    EtcdOptions etcd,
    Map<String, PemFiles> tlsProfiles,
    @Nullable Path stateDir,
    @Nullable Path auditLog,
    TracingOptions tracing,
    BroadcastRequest.@Nullable Target defaultTarget,
    AuthMode authMode,
    Duration shutdownDelay,
    Duration shutdownTimeout,
    String replicaName) {

  /**
   * @throws UsageException names the flag of an invalid value
   */
  public ServeOptions {
    if (httpTls && tls == null) {
      throw new UsageException("--http-tls", "needs --tls-cert and --tls-key with it");
    }
    if (authMode instanceof AuthMode.Mtls && (tls == null || tls.files().ca() == null)) {
      throw new UsageException("--auth", "mtls needs --tls-client-ca with it");
    }
    hosts = List.copyOf(hosts);
    origins = List.copyOf(origins);
    tlsProfiles = Map.copyOf(tlsProfiles);
    String profile = source.settings().tls().profile();
    if (profile != null && !tlsProfiles.containsKey(profile)) {
      throw new UsageException(
          "--set", "tls.profile=" + profile, "there is no --tls-profile of that name");
    }
  }

  /**
   * Returns a hint on replacing the default etcd; empty if another etcd is set, or none is needed.
   */
  public String etcdHint() {
    boolean looks =
        source.kubernetes() == null
            && source.config() == null
            && source.spec().discovery() instanceof Discovery.Etcd;
    return looks && etcd.equals(EtcdOptions.LOCAL)
        ? "; --etcd-endpoints names another etcd, --node or --config does without one"
        : "";
  }

  /** Returns the warnings for the log and the status, one sentence each. */
  public List<String> warnings() {
    return BindWarnings.warnings(new BindHost(callers.bind()), authMode, tls != null);
  }
}
