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
 * The credentials of both sides of gRPC's TLS, by the JDK: version 1.2 or later, ALPN, and no
 * cipher that HTTP/2 forbids (RFC 9113, 9.2).
 */
public final class GrpcTlsCredentials {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private GrpcTlsCredentials() {}

  /**
   * Returns the credentials of a server, with its own certificate. With a file of authorities, a
   * client must present a certificate of theirs; without one, the server requests none.
   */
  public static ServerCredentials server(ReloadingTlsContext tls) {
    return NettySslContextServerCredentials.create(serverContext(tls));
  }

  /** Returns the same for a server with its own HTTP/2; ALPN offers h2 alone. */
  public static SslContext serverContext(ReloadingTlsContext tls) {
    SslContextBuilder builder =
        SslContextBuilder.forServer(Objects.requireNonNull(tls.keys(), "no certificate"));
    if (tls.hasAuthorities()) {
      builder.trustManager(tls.trust()).clientAuth(ClientAuth.REQUIRE);
    }
    return built(builder);
  }

  /**
   * Returns the credentials of a client, which checks that the server's certificate is for the
   * dialled authority.
   */
  public static ChannelCredentials client(ReloadingTlsContext tls) {
    return NettySslContextChannelCredentials.create(clientContext(tls));
  }

  /** Returns the same for a client with its own HTTP/2; ALPN offers h2 alone. */
  public static SslContext clientContext(ReloadingTlsContext tls) {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .trustManager(tls.trust())
            .endpointIdentificationAlgorithm("HTTPS");
    if (tls.keys() != null) {
      builder.keyManager(tls.keys());
    }
    return built(builder);
  }

  private static SslContext built(SslContextBuilder builder) {
    try {
      return TlsSessions.limit(
          () -> GrpcSslContexts.configure(builder, SslProvider.JDK).protocols(PROTOCOLS).build());
    } catch (SSLException e) {
      throw new IllegalStateException("the JDK offers no TLS for HTTP/2", e);
    }
  }
}
