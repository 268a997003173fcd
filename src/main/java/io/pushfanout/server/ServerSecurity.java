package io.pushfanout.server;

import io.netty.handler.ssl.SslContext;
import io.pushfanout.audit.AuditSink;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.tls.GrpcTlsCredentials;
import io.pushfanout.tls.ReloadingTlsContext;
import org.jspecify.annotations.Nullable;

/**
 * The protection of the port.
 *
 * @param tls null: plaintext
 * @param authorizer authorizes broadcasts; null: every caller that reaches the port may broadcast
 * @param audit takes a record of each broadcast call; null: there is no audit log
 */
public record ServerSecurity(
    @Nullable SslContext tls, @Nullable Authorizer authorizer, @Nullable AuditSink audit) {
  /** Plaintext, without authorization. */
  public static final ServerSecurity NONE = of(null, null, null);

  /**
   * Returns the protection by certificates, rights and an audit log.
   *
   * @param tls our certificate, and the CAs that callers' certificates must be signed by; null: no
   *     TLS
   * @param authorizer null: no authorization
   * @param audit null: there is no audit log
   */
  public static ServerSecurity of(
      @Nullable ReloadingTlsContext tls,
      @Nullable Authorizer authorizer,
      @Nullable AuditSink audit) {
    return new ServerSecurity(
        tls == null ? null : GrpcTlsCredentials.serverContext(tls), authorizer, audit);
  }
}
