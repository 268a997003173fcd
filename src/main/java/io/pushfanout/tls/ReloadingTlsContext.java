package io.pushfanout.tls;

import io.grpc.util.AdvancedTlsX509KeyManager;
import io.pushfanout.reload.FileException;
import io.pushfanout.reload.FilePoller;
import io.pushfanout.reload.ReloadingFiles;
import io.pushfanout.reload.SmallFile;
import io.pushfanout.text.Printable;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity, the trusted authorities and the revocation lists of this side, reloaded from files.
 * A written file is in force for handshakes within 2 s; running connections stay. A broken or
 * half-written file changes nothing, and is logged once.
 *
 * <p>A resumed TLS session skips the check of certificates, so a context made of these must limit
 * the lifetime of its sessions.
 *
 * <p>From any thread.
 */
public final class ReloadingTlsContext implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReloadingTlsContext.class);

  private final List<ReloadingFiles> reloading = new ArrayList<>();
  private final TrustStore authorities = new TrustStore();
  private final @Nullable AdvancedTlsX509KeyManager keys;
  private final boolean ca;
  private final OwnKeys ownKeys = new OwnKeys();
  private volatile @Nullable Instant ends;
  private @Nullable Future<?> polling;

  /** Reads the files once; only {@link #open} polls them. */
  ReloadingTlsContext(PemFiles files) throws FileException {
    Path certificate = files.certificate();
    Path key = files.key();
    if (certificate != null && key != null) {
      AdvancedTlsX509KeyManager manager = new AdvancedTlsX509KeyManager();
      reloading.add(
          new ReloadingFiles(
              log,
              List.of(certificate, key),
              pair -> {
                KeyAndCertificate identity =
                    KeyAndCertificate.of(PemFile.of(pair.get(0)), PemFile.of(pair.get(1)));
                X509Certificate[] chain = identity.chain().toArray(X509Certificate[]::new);
                // Added before other sides can see it, so that {@link #isOwn} recognizes each
                // presented certificate.
                ownKeys.add(identity.certificate().getPublicKey());
                manager.updateIdentityCredentials(chain, identity.key());
                ends = identity.ends();
                return described(certificate, identity.certificate());
              }));
      keys = manager;
    } else {
      keys = null;
    }
    Path bundle = files.ca();
    ca = bundle != null;
    Path crl = files.crl();
    if (bundle != null) {
      // Reloaded together with the lists, so that no authority is trusted before its list.
      reloading.add(
          new ReloadingFiles(
              log,
              crl == null ? List.of(bundle) : List.of(bundle, crl),
              contents -> load(contents.getFirst(), crl == null ? null : contents.getLast())));
    }
  }

  private String load(SmallFile bundle, @Nullable SmallFile lists) throws FileException {
    String taken = authorities.take(PemFile.of(bundle), lists == null ? null : PemFile.of(lists));
    outOfDate().forEach(list -> log.warn("{}", list));
    return taken;
  }

  private List<String> outOfDate() {
    Revocations revocations = authorities.revocations();
    return revocations == null ? List.of() : revocations.problems(Instant.now());
  }

  /**
   * Reads the files, and polls them until it is closed.
   *
   * @throws FileException names the file that cannot be used; an expired certificate is used, with
   *     a warning in the log
   */
  public static ReloadingTlsContext open(PemFiles files) throws FileException {
    ReloadingTlsContext live = new ReloadingTlsContext(files);
    live.polling = FilePoller.start(live::poll);
    return live;
  }

  /** Returns the identity of this side; null when the files have none. */
  public @Nullable X509ExtendedKeyManager keys() {
    return keys;
  }

  /**
   * Returns the earliest expiry of this side's certificate and of those between it and the
   * authority's.
   */
  public Optional<Instant> ends() {
    return Optional.ofNullable(ends);
  }

  /** Returns whether a file holds the trusted authorities. */
  public boolean hasAuthorities() {
    return ca;
  }

  /**
   * Returns the trust manager; that of a client also checks that the server's certificate is for
   * the dialled name.
   */
  public X509ExtendedTrustManager trust() {
    return authorities.manager();
  }

  /** Returns whether a certificate is for this side's present key, or one before a renewal. */
  public boolean isOwn(X509Certificate certificate) {
    return ownKeys.has(certificate.getPublicKey());
  }

  /** Returns whether the file of revocation lists has a certificate. */
  public boolean isRevoked(X509Certificate certificate) {
    Revocations revocations = authorities.revocations();
    return revocations != null && revocations.isRevoked(certificate);
  }

  /**
   * Returns why the state in force differs from the files, or accepts no certificate of an
   * authority any more, a line each; empty when there is no problem.
   */
  public List<String> problems() {
    return Stream.concat(
            reloading.stream().flatMap(files -> files.problem().stream()), outOfDate().stream())
        .toList();
  }

  /** Returns a context of the JDK for another client; with https, it checks the server's name. */
  public SSLContext clientContext() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          keys == null ? null : new KeyManager[] {keys}, new TrustManager[] {trust()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK offers no TLS", e);
    }
  }

  /** Stops polling the files; the state in force stays. */
  @Override
  public void close() {
    if (polling != null) {
      polling.cancel(false);
    }
  }

  /** Reads the files again, and applies changes. By one thread at a time. */
  void poll() {
    reloading.forEach(ReloadingFiles::poll);
  }

  /**
   * Describes a certificate, with a warning when other sides will refuse it: that is no reason to
   * stop this side as well.
   */
  private static String described(Path file, X509Certificate certificate) {
    Instant now = Instant.now();
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    String name = Printable.line(file.toString());
    if (until.isBefore(now)) {
      log.warn("{}: the certificate has expired at {}; others will refuse it", name, until);
    } else if (from.isAfter(now)) {
      log.warn("{}: the certificate is not valid before {}", name, from);
    }
    return "valid until " + until;
  }
}
