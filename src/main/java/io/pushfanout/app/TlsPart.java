package io.pushfanout.app;

import io.pushfanout.auth.CertificateAuthorizer.CertificateStanding;
import io.pushfanout.connect.TlsProfiles;
import io.pushfanout.management.TlsSeries;
import io.pushfanout.model.HandshakeProblem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.options.TlsFiles;
import io.pushfanout.options.UsageException;
import io.pushfanout.reload.FileException;
import io.pushfanout.tls.ReloadingTlsContext;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The TLS contexts of both sides: callers and nodes.
 *
 * @param callers our certificate for callers, and the CA of theirs; null: plaintext
 * @param profiles the contexts of connections to nodes, by profile name
 */
public record TlsPart(@Nullable ReloadingTlsContext callers, TlsProfiles profiles)
    implements CertificateStanding {
  public static final String PROFILE_FLAG = "--tls-profile";

  /**
   * Reads the files and follows them from then on; adds them to the reloads, and parts to stop to
   * the stop order.
   *
   * @throws UsageException names the flag of an invalid file
   */
  static TlsPart open(ServeOptions options, ReloadStatus reloads, ShutdownSequence stopOrder) {
    TlsFiles files = options.tls();
    ReloadingTlsContext callers = files == null ? null : files.open();
    if (callers != null) {
      stopOrder.push("TLS files", callers::close);
      reloads.add("tls", ProblemReason.TLS_NOT_RELOADED, callers::problems);
    }
    TlsProfiles profiles = profiles(options);
    stopOrder.push("TLS profiles", profiles::close);
    for (String name : options.tlsProfiles().keySet()) {
      reloads.add(
          "tls-profile/" + name, ProblemReason.TLS_NOT_RELOADED, () -> profiles.problems(name));
    }
    return new TlsPart(callers, profiles);
  }

  private static TlsProfiles profiles(ServeOptions options) {
    try {
      return TlsProfiles.open(options.tlsProfiles());
    } catch (FileException e) {
      throw new UsageException(PROFILE_FLAG, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public boolean isOwn(X509Certificate shown) {
    return (callers != null && callers.isOwn(shown)) || profiles.isOwn(shown);
  }

  @Override
  public boolean isRevoked(X509Certificate shown) {
    return callers != null && callers.isRevoked(shown);
  }

  /**
   * @param failures the number of failed handshakes of callers, by problem
   */
  TlsSeries series(Supplier<? extends Map<HandshakeProblem, Long>> failures) {
    return new TlsSeries(
        () -> Optional.ofNullable(callers).flatMap(ReloadingTlsContext::ends),
        profiles::ends,
        failures);
  }
}
