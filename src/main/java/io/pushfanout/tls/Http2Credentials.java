package io.pushfanout.tls;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.NettySslContextServerCredentials;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.Objects;
import javax.net.ssl.SSLException;

/**
 * Both sides of gRPC's TLS, of the JDK: version 1.2 or later, ALPN, and no cipher that HTTP/2
 * forbids (RFC 9113, 9.2).
 */
public final class Http2Credentials {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /**
   * How long a session may be resumed, the least there is. No certificate is shown or checked then,
   * so that the JDK's day would let in whose authority was taken away long ago; and connections
   * that last have no use for it.
   */
  private static final long SESSION_SECONDS = 1;

  static {
    // A ticket of TLS 1.2 is taken for as long as the JDK's key of tickets lasts, whatever the
    // session's time. Without tickets the server remembers sessions by itself, and forgets them.
    System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
  }

  private Http2Credentials() {}

  /**
   * A server's, with a certificate of its own. Where there is a file of authorities, a client has
   * to show a certificate of theirs; otherwise it is not asked.
   */
  public static ServerCredentials server(LiveTls tls) {
    SslContextBuilder builder =
        SslContextBuilder.forServer(Objects.requireNonNull(tls.keys(), "no certificate"));
    if (tls.hasAuthorities()) {
      builder.trustManager(tls.trust()).clientAuth(ClientAuth.REQUIRE);
    }
    return NettySslContextServerCredentials.create(built(builder));
  }

  /** A client's, which checks that the server's certificate is for the authority dialled. */
  public static ChannelCredentials client(LiveTls tls) {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .trustManager(tls.trust())
            .endpointIdentificationAlgorithm("HTTPS");
    if (tls.keys() != null) {
      builder.keyManager(tls.keys());
    }
    return NettySslContextChannelCredentials.create(built(builder));
  }

  private static SslContext built(SslContextBuilder builder) {
    try {
      return GrpcSslContexts.configure(builder, SslProvider.JDK)
          .protocols(PROTOCOLS)
          .sessionTimeout(SESSION_SECONDS)
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("the JDK offers no TLS for HTTP/2", e);
    }
  }
}
