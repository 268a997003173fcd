package io.pushfanout.connect;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS to nodes. A node's certificate has to be for the host by which the node is dialled.
 *
 * @param serverName what the certificate has to be for instead; null is the node's own host
 */
public record TlsOptions(SslContext context, @Nullable String serverName) {
  public TlsOptions {
    if (!context.isClient()) {
      throw new IllegalArgumentException("the TLS context is a server's");
    }
  }

  /**
   * Of the JDK, with what HTTP/2 asks of TLS: version 1.2 or later, ALPN, no weak ciphers (RFC
   * 9113, 9.2).
   *
   * @param trust a client's, with whom to trust and whom to be
   */
  public static TlsOptions of(SslContextBuilder trust, @Nullable String serverName)
      throws SSLException {
    SslContext context =
        trust
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
            .endpointIdentificationAlgorithm("HTTPS")
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2))
            .build();
    return new TlsOptions(context, serverName);
  }
}
