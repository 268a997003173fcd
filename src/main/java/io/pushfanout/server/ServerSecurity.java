package io.pushfanout.server;

import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.pushfanout.access.Access;
import io.pushfanout.audit.AuditSink;
import io.pushfanout.tls.Http2Credentials;
import io.pushfanout.tls.LiveTls;
import org.jspecify.annotations.Nullable;

/**
 * How the port is protected.
 *
 * @param credentials what it speaks
 * @param access who may broadcast; null: whoever reaches the port
 * @param audit takes a record of each broadcast call; null: there is no audit log
 */
public record ServerSecurity(
    ServerCredentials credentials, @Nullable Access access, @Nullable AuditSink audit) {
  /** Plaintext, and nobody is asked. */
  public static final ServerSecurity NONE = of(null, null, null);

  /**
   * By files and by rights.
   *
   * @param tls who we are to callers, and whose certificates they have to show; null: no TLS
   * @param access null: nobody is asked
   * @param audit null: there is no audit log
   */
  public static ServerSecurity of(
      @Nullable LiveTls tls, @Nullable Access access, @Nullable AuditSink audit) {
    return new ServerSecurity(
        tls == null ? InsecureServerCredentials.create() : Http2Credentials.server(tls),
        access,
        audit);
  }
}
