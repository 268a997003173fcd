package io.pushfanout.operator.client;

import com.google.common.net.InetAddresses;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiFunction;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/**
 * A client engine that sends one server name for every address; the JDK's HTTP client would send
 * the host of the URL. All other calls go to an engine that was created for the same name and
 * therefore checks the certificate against it.
 */
final class NamedEngine extends SSLEngine {
  private final SSLEngine beneath;
  private final String name;

  NamedEngine(SSLEngine beneath, String name) {
    super(name, beneath.getPeerPort());
    this.beneath = beneath;
    this.name = name;
  }

  @Override
  public void setSSLParameters(SSLParameters parameters) {
    parameters.setServerNames(
        InetAddresses.isInetAddress(name) ? List.of() : List.of(new SNIHostName(name)));
    beneath.setSSLParameters(parameters);
  }

  @Override
  public SSLParameters getSSLParameters() {
    return beneath.getSSLParameters();
  }

  @Override
  public SSLEngineResult wrap(ByteBuffer[] from, int offset, int length, ByteBuffer to)
      throws SSLException {
    return beneath.wrap(from, offset, length, to);
  }

  @Override
  public SSLEngineResult unwrap(ByteBuffer from, ByteBuffer[] to, int offset, int length)
      throws SSLException {
    return beneath.unwrap(from, to, offset, length);
  }

  @Override
  public Runnable getDelegatedTask() {
    return beneath.getDelegatedTask();
  }

  @Override
  public void closeInbound() throws SSLException {
    beneath.closeInbound();
  }

  @Override
  public boolean isInboundDone() {
    return beneath.isInboundDone();
  }

  @Override
  public void closeOutbound() {
    beneath.closeOutbound();
  }

  @Override
  public boolean isOutboundDone() {
    return beneath.isOutboundDone();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return beneath.getSupportedCipherSuites();
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return beneath.getEnabledCipherSuites();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    beneath.setEnabledCipherSuites(suites);
  }

  @Override
  public String[] getSupportedProtocols() {
    return beneath.getSupportedProtocols();
  }

  @Override
  public String[] getEnabledProtocols() {
    return beneath.getEnabledProtocols();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    beneath.setEnabledProtocols(protocols);
  }

  @Override
  public SSLSession getSession() {
    return beneath.getSession();
  }

  @Override
  public SSLSession getHandshakeSession() {
    return beneath.getHandshakeSession();
  }

  @Override
  public void beginHandshake() throws SSLException {
    beneath.beginHandshake();
  }

  @Override
  public SSLEngineResult.HandshakeStatus getHandshakeStatus() {
    return beneath.getHandshakeStatus();
  }

  @Override
  public void setUseClientMode(boolean client) {
    beneath.setUseClientMode(client);
  }

  @Override
  public boolean getUseClientMode() {
    return beneath.getUseClientMode();
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    beneath.setNeedClientAuth(need);
  }

  @Override
  public boolean getNeedClientAuth() {
    return beneath.getNeedClientAuth();
  }

  @Override
  public void setWantClientAuth(boolean want) {
    beneath.setWantClientAuth(want);
  }

  @Override
  public boolean getWantClientAuth() {
    return beneath.getWantClientAuth();
  }

  @Override
  public void setEnableSessionCreation(boolean may) {
    beneath.setEnableSessionCreation(may);
  }

  @Override
  public boolean getEnableSessionCreation() {
    return beneath.getEnableSessionCreation();
  }

  @Override
  public String getApplicationProtocol() {
    return beneath.getApplicationProtocol();
  }

  @Override
  public String getHandshakeApplicationProtocol() {
    return beneath.getHandshakeApplicationProtocol();
  }

  @Override
  public void setHandshakeApplicationProtocolSelector(
      BiFunction<SSLEngine, List<String>, String> selector) {
    beneath.setHandshakeApplicationProtocolSelector(selector);
  }

  @Override
  public BiFunction<SSLEngine, List<String>, String> getHandshakeApplicationProtocolSelector() {
    return beneath.getHandshakeApplicationProtocolSelector();
  }
}
