package io.pushfanout.connect;

import io.netty.handler.ssl.SslContext;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.reload.FileException;
import io.pushfanout.tls.GrpcTlsCredentials;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tls.ReloadingTlsContext;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private final Map<String, ReloadingTlsContext> byName;

  private TlsProfiles(Map<String, ReloadingTlsContext> byName) {
    this.byName = Map.copyOf(byName);
  }

  /**
   * Opens the profiles: reads the files of each, and follows them until {@link #close}. A dial uses
   * the contents at its time.
   *
   * @throws FileException names the file that cannot be used
   */
  public static TlsProfiles open(Map<String, PemFiles> files) throws FileException {
    Map<String, ReloadingTlsContext> opened = new HashMap<>();
    try {
      for (Map.Entry<String, PemFiles> profile : files.entrySet()) {
        PemFiles of = profile.getValue();
        ReloadingTlsContext live = ReloadingTlsContext.open(of);
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
      opened.values().forEach(ReloadingTlsContext::close);
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

  private ReloadingTlsContext live(String profile) {
    return Optional.ofNullable(byName.get(profile)).orElseThrow();
  }

  /** Returns whether a choice can be used: plaintext, or a profile that exists. */
  boolean supports(TlsChoice choice) {
    return choice.profile() == null || byName.containsKey(choice.profile());
  }

  /**
   * Creates a context for one connection. A shared context would resume the TLS session of an
   * earlier connection without a check of the node's certificate or ours, even after the files have
   * changed.
   *
   * @param profile one that exists
   */
  SslContext context(String profile) {
    return GrpcTlsCredentials.clientContext(live(profile));
  }

  /** Stops following the files. */
  @Override
  public void close() {
    byName.values().forEach(ReloadingTlsContext::close);
  }
}
