package io.pushfanout.app;

import io.pushfanout.access.Access;
import io.pushfanout.access.AccessMode;
import io.pushfanout.access.CertificateAccess;
import io.pushfanout.access.CertificateStanding;
import io.pushfanout.access.ReviewedAccess;
import io.pushfanout.access.TokenAccess;
import io.pushfanout.access.TokensFile;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.files.FileException;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.operator.KubernetesReviews;
import io.pushfanout.operator.client.ClusterAccess;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** What decides who may broadcast, and what it needs to run. */
final class AccessPart {
  private AccessPart() {}

  /**
   * Starts it; what is followed goes into the reloads, what has to be stopped into the stop order.
   *
   * @param standing of the certificates that callers show
   * @return null where nobody is asked
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
        reloads.follow(
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
