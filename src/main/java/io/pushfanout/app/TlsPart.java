package io.pushfanout.app;

import io.pushfanout.access.CertificateStanding;
import io.pushfanout.connect.TlsProfiles;
import io.pushfanout.files.FileException;
import io.pushfanout.management.TlsSeries;
import io.pushfanout.model.HandshakeProblem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.options.TlsFiles;
import io.pushfanout.options.UsageException;
import io.pushfanout.tls.LiveTls;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What TLS is spoken with, on both sides.
 *
 * @param callers what they are shown, and asked for; null: TLS is not spoken with them
 * @param profiles what nodes may be spoken to by
 */
public record TlsPart(@Nullable LiveTls callers, TlsProfiles profiles)
    implements CertificateStanding {
  public static final String PROFILE_FLAG = "--tls-profile";

  /**
   * Reads the files, which are followed from then on: they go into the reloads, what has to be
   * stopped into the stop order.
   *
   * @throws UsageException names the flag of a file that is no good
   */
  static TlsPart open(ServeOptions options, ReloadStatus reloads, ShutdownSequence stopOrder) {
    TlsFiles files = options.tls();
    LiveTls callers = files == null ? null : files.open();
    if (callers != null) {
      stopOrder.push("TLS files", callers::close);
      reloads.follow("tls", ProblemReason.TLS_NOT_RELOADED, callers::problems);
    }
    TlsProfiles profiles = profiles(options);
    stopOrder.push("TLS profiles", profiles::close);
    for (String name : options.tlsProfiles().keySet()) {
      reloads.follow(
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
   * @param failures the handshakes of callers that failed
   */
  TlsSeries series(Supplier<? extends Map<HandshakeProblem, Long>> failures) {
    return new TlsSeries(
        () -> Optional.ofNullable(callers).flatMap(LiveTls::ends), profiles::ends, failures);
  }
}
