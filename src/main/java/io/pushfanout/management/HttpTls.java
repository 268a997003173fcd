package io.pushfanout.management;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.pushfanout.tls.ReloadingTlsContext;
import io.pushfanout.tls.TlsSessions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * The TLS of the HTTP port.
 *
 * @param files the server's certificate, and the authorities of clients
 * @param asksClients whether the server asks for a client's certificate; a client may have none
 */
public record HttpTls(ReloadingTlsContext files, boolean asksClients) {
  private static final Set<String> PROTOCOLS = Set.of("TLSv1.3", "TLSv1.2");

  void addTo(HttpServerOptions options) {
    options
        .setSsl(true)
        .setKeyCertOptions(KeyCertOptions.wrap(Objects.requireNonNull(files.keys())))
        .setEnabledSecureTransportProtocols(PROTOCOLS);
    if (asksClients) {
      options
          .setClientAuth(ClientAuth.REQUEST)
          .setTrustOptions(TrustOptions.wrap(files.trust()))
          .setSslEngineOptions(new ShortSessions());
    }
  }

  /** The JDK's TLS, with sessions of the shortest life: none outlives its authority. */
  private static final class ShortSessions extends JdkSSLEngineOptions {
    @Override
    public JdkSSLEngineOptions copy() {
      return new ShortSessions();
    }

    @Override
    public SslContextFactory sslContextFactory() {
      return new DefaultSslContextFactory(SslProvider.JDK, false) {
        @Override
        public SslContext create() throws SSLException {
          return TlsSessions.limit(super::create);
        }
      };
    }
  }
}
