package io.pushfanout.operator.client;

import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * A TLS context for a server name other than the address: {@code tls-server-name} of a kubeconfig.
 */
final class NamedTls extends SSLContext {
  private NamedTls(SSLContext beneath, String name) {
    super(new Spi(beneath, name), beneath.getProvider(), beneath.getProtocol());
  }

  /**
   * Returns a context with a fixed server name.
   *
   * @param beneath context with the keys and CA certificates
   * @param name name that the server's certificate must have
   */
  static SSLContext of(SSLContext beneath, String name) {
    return new NamedTls(beneath, name);
  }

  private static final class Spi extends SSLContextSpi {
    private final SSLContext beneath;
    private final String name;

    Spi(SSLContext beneath, String name) {
      this.beneath = beneath;
      this.name = name;
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return new NamedEngine(beneath.createSSLEngine(name, port), name);
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      throw new UnsupportedOperationException("an engine needs its port");
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {
      throw new UnsupportedOperationException("made already");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      throw new UnsupportedOperationException("the HTTP client has engines");
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      throw new UnsupportedOperationException("for clients only");
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return beneath.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return beneath.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return beneath.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return beneath.getSupportedSSLParameters();
    }
  }
}
