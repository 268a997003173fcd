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
import io.pushfanout.files.FileException;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.tls.LiveTls;
import io.pushfanout.tls.PemFiles;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS profiles that a fanout may choose from by name, each with trusted authorities and perhaps
 * an own certificate. May be used from any thread.
 */
public final class TlsProfiles implements AutoCloseable {
  /** The profiles of a process with nodes in plaintext alone. */
  public static final TlsProfiles NONE = new TlsProfiles(Map.of());

  private static final Logger log = LoggerFactory.getLogger(TlsProfiles.class);

  private final Map<String, LiveTls> byName;

  private TlsProfiles(Map<String, LiveTls> byName) {
    this.byName = Map.copyOf(byName);
  }

  /**
   * Opens the profiles: reads the files of each, and follows them until {@link #close}. A dial uses
   * the contents at its time.
   *
   * @throws FileException names the file that cannot be used
   */
  public static TlsProfiles open(Map<String, PemFiles> files) throws FileException {
    Map<String, LiveTls> opened = new HashMap<>();
    try {
      for (Map.Entry<String, PemFiles> profile : files.entrySet()) {
        PemFiles of = profile.getValue();
        LiveTls live = LiveTls.open(of);
        opened.put(profile.getKey(), live);
        // The JDK's authorities are read on first use, which must not be on an event loop.
        var _ = live.trust();
        log.info(
            "TLS profile {}: trusts {}, shows {}",
            profile.getKey(),
            of.ca() == null ? "the JDK's authorities" : of.ca(),
            of.certificate() == null ? "no certificate" : of.certificate());
      }
    } catch (FileException e) {
      opened.values().forEach(LiveTls::close);
      throw e;
    }
    return new TlsProfiles(opened);
  }

  /**
   * Returns why the profile in force differs from its files, a line each; empty while it does not.
   *
   * @param profile one that exists
   */
  public List<String> problems(String profile) {
    return live(profile).problems();
  }

  /** Returns the end of the certificate that nodes are shown, for each profile that has one. */
  public Map<String, Instant> ends() {
    Map<String, Instant> ends = new HashMap<>();
    byName.forEach((name, live) -> live.ends().ifPresent(end -> ends.put(name, end)));
    return ends;
  }

  /**
   * Returns whether a certificate is for the key of a certificate that nodes are shown, by any
   * profile.
   */
  public boolean isOwn(X509Certificate certificate) {
    return byName.values().stream().anyMatch(live -> live.isOwn(certificate));
  }

  private LiveTls live(String profile) {
    return Optional.ofNullable(byName.get(profile)).orElseThrow();
  }

  /** Returns whether a choice can be used: plaintext, or a profile that exists. */
  boolean supports(TlsChoice choice) {
    return choice.profile() == null || byName.containsKey(choice.profile());
  }

  /**
   * Creates a context for one connection. A shared context would resume the TLS session of an
   * earlier connection without a check of the node's certificate or ours, even after the files have
   * changed. The context is the JDK's, with the TLS that HTTP/2 requires: version 1.2 or later,
   * ALPN, no weak ciphers (RFC 9113, 9.2).
   *
   * @param profile one that exists
   */
  SslContext context(String profile) throws SSLException {
    LiveTls live = live(profile);
    SslContextBuilder builder = SslContextBuilder.forClient().trustManager(live.trust());
    if (live.keys() != null) {
      builder.keyManager(live.keys());
    }
    return builder
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
  }

  /** Stops following the files. */
  @Override
  public void close() {
    byName.values().forEach(LiveTls::close);
  }
}
