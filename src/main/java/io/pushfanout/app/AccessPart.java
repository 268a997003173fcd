package io.pushfanout.app;

import io.pushfanout.access.Access;
import io.pushfanout.access.AccessMode;
import io.pushfanout.access.CertificateAccess;
import io.pushfanout.access.CertificateAccess.CertificateStanding;
import io.pushfanout.access.ReviewedAccess;
import io.pushfanout.access.TokenAccess;
import io.pushfanout.access.TokensFile;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.operator.KubernetesReviews;
import io.pushfanout.operator.client.ClusterAccess;
import io.pushfanout.reload.FileException;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Starts the access check of broadcast calls with the threads and files that it needs. */
final class AccessPart {
  private AccessPart() {}

  /**
   * Starts the access check of the mode; adds reloaded files to the status and parts to stop to the
   * stop order.
   *
   * @param standing decides whether a caller's certificate is our own or revoked
   * @return the access check; null if callers are not authenticated
   */
  static @Nullable Access start(
      AccessMode mode,
      CertificateStanding standing,
      ReloadStatus reloads,
      ShutdownSequence stopOrder)
      throws FileException {
    return switch (mode) {
      case AccessMode.None() -> null;
      case AccessMode.Tokens tokens -> {
        TokensFile file = TokensFile.open(tokens.file());
        stopOrder.push("tokens", file::close);
        reloads.add(
            "tokens", ProblemReason.TOKENS_NOT_RELOADED, () -> file.problem().stream().toList());
        yield new TokenAccess(file, InstantSource.system());
      }
      case AccessMode.Mtls mtls ->
          new CertificateAccess(mtls.grants(), standing, InstantSource.system());
      case AccessMode.Kubernetes kubernetes -> {
        KubernetesReviews reviews =
            new KubernetesReviews(ClusterAccess.ofProcess(), kubernetes.audiences());
        stopOrder.push("reviews", reviews::close);
        ExecutorService threads = Threads.pool("review");
        stopOrder.push("threads of reviews", threads::shutdownNow);
        yield new ReviewedAccess(
            reviews, kubernetes.audiences(), threads, InstantSource.system(), System::nanoTime);
      }
    };
  }
}
