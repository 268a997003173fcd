package io.pushfanout.tls;

import io.grpc.util.AdvancedTlsX509KeyManager;
import io.pushfanout.files.FileException;
import io.pushfanout.files.FileWatch;
import io.pushfanout.files.FollowedFiles;
import io.pushfanout.files.SmallFile;
import io.pushfanout.model.Printable;
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
 * Who we are, whom we trust and who is revoked, as files say it: what they hold is in force for
 * handshakes within 2 s of its being written, and running connections stay. What is no good, or
 * half written, changes nothing; it is said once in the log.
 *
 * <p>A side that resumes a TLS session shows no certificate again, so whoever makes a context of
 * these has to see to it that sessions do not last.
 *
 * <p>From any thread.
 */
public final class LiveTls implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LiveTls.class);

  private final List<FollowedFiles> followed = new ArrayList<>();
  private final Authorities authorities = new Authorities();
  private final @Nullable AdvancedTlsX509KeyManager keys;
  private final boolean ca;
  private final OwnKeys ownKeys = new OwnKeys();
  private volatile @Nullable Instant ends;
  private @Nullable Future<?> watch;

  /** Of what the files hold now; nobody looks at them again by themselves. */
  LiveTls(PemFiles files) throws FileException {
    Path certificate = files.certificate();
    Path key = files.key();
    if (certificate != null && key != null) {
      AdvancedTlsX509KeyManager manager = new AdvancedTlsX509KeyManager();
      followed.add(
          new FollowedFiles(
              log,
              List.of(certificate, key),
              pair -> {
                Identity identity = Identity.of(PemFile.of(pair.get(0)), PemFile.of(pair.get(1)));
                X509Certificate[] chain = identity.chain().toArray(X509Certificate[]::new);
                // Before others can see it: who shows it from now on is known to be us.
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
      // With the lists, so that no authority is trusted whose list is still to come.
      followed.add(
          new FollowedFiles(
              log,
              crl == null ? List.of(bundle) : List.of(bundle, crl),
              held -> taken(held.getFirst(), crl == null ? null : held.getLast())));
    }
  }

  private String taken(SmallFile bundle, @Nullable SmallFile lists) throws FileException {
    String taken = authorities.take(PemFile.of(bundle), lists == null ? null : PemFile.of(lists));
    outOfDate().forEach(list -> log.warn("{}", list));
    return taken;
  }

  private List<String> outOfDate() {
    Revocations revocations = authorities.revocations();
    return revocations == null ? List.of() : revocations.problems(Instant.now());
  }

  /**
   * Reads the files, and follows them until it is closed.
   *
   * @throws FileException names the file that cannot be used; one that is only expired is used,
   *     with a warning in the log
   */
  public static LiveTls open(PemFiles files) throws FileException {
    LiveTls live = new LiveTls(files);
    live.watch = FileWatch.every(live::look);
    return live;
  }

  /** Who we are; null where the files say nothing of it. */
  public @Nullable X509ExtendedKeyManager keys() {
    return keys;
  }

  /** When our certificate, or the first of those between it and the authority's, ends. */
  public Optional<Instant> ends() {
    return Optional.ofNullable(ends);
  }

  /** Whether a file says whom we trust. */
  public boolean hasAuthorities() {
    return ca;
  }

  /**
   * Whom we trust: a client's, it also checks that a server's certificate is for the name that was
   * dialled.
   */
  public X509ExtendedTrustManager trust() {
    return authorities.manager();
  }

  /** Whether a certificate is for a key that is ours, or was before a renewal. */
  public boolean isOwn(X509Certificate certificate) {
    return ownKeys.has(certificate.getPublicKey());
  }

  /** Whether the file of revocation lists has it. */
  public boolean isRevoked(X509Certificate certificate) {
    Revocations revocations = authorities.revocations();
    return revocations != null && revocations.isRevoked(certificate);
  }

  /**
   * Why what is in force is not what the files hold, or lets nobody in any more, a line each; empty
   * while all is well.
   */
  public List<String> problems() {
    return Stream.concat(
            followed.stream().flatMap(files -> files.problem().stream()), outOfDate().stream())
        .toList();
  }

  /** The JDK's, for a client of its own; one that dials by https checks the server's name. */
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

  /** What is in force stays so, whatever becomes of the files. */
  @Override
  public void close() {
    if (watch != null) {
      watch.cancel(false);
    }
  }

  /** By one thread at a time. */
  void look() {
    followed.forEach(FollowedFiles::look);
  }

  /** Warns of a certificate that others will refuse, which is no reason to be down as well. */
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
