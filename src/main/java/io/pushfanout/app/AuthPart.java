package io.pushfanout.app;

import io.pushfanout.auth.AuthMode;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.auth.CertificateAuthorizer;
import io.pushfanout.auth.CertificateAuthorizer.CertificateStanding;
import io.pushfanout.auth.TokenFileAuthorizer;
import io.pushfanout.auth.TokenReviewAuthorizer;
import io.pushfanout.auth.TokensFile;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.operator.KubernetesReviews;
import io.pushfanout.operator.client.ClusterAccess;
import io.pushfanout.reload.FileException;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Starts the access check of broadcast calls with the threads and files that it needs. */
final class AuthPart {
  private AuthPart() {}

  /**
   * Starts the access check of the mode; adds reloaded files to the status and parts to stop to the
   * stop order.
   *
   * @param standing decides whether a caller's certificate is our own or revoked
   * @return the access check; null if callers are not authenticated
   */
  static @Nullable Authorizer start(
      AuthMode mode, CertificateStanding standing, ReloadStatus reloads, ShutdownSequence stopOrder)
      throws FileException {
    return switch (mode) {
      case AuthMode.None() -> null;
      case AuthMode.Tokens tokens -> {
        TokensFile file = TokensFile.open(tokens.file());
        stopOrder.push("tokens", file::close);
        reloads.add(
            "tokens", ProblemReason.TOKENS_NOT_RELOADED, () -> file.problem().stream().toList());
        yield new TokenFileAuthorizer(file, InstantSource.system());
      }
      case AuthMode.Mtls mtls ->
          new CertificateAuthorizer(mtls.grants(), standing, InstantSource.system());
      case AuthMode.Kubernetes kubernetes -> {
        KubernetesReviews reviews =
            new KubernetesReviews(ClusterAccess.ofProcess(), kubernetes.audiences());
        stopOrder.push("reviews", reviews::close);
        ExecutorService threads = Threads.pool("review");
        stopOrder.push("threads of reviews", threads::shutdownNow);
        yield new TokenReviewAuthorizer(
            reviews, kubernetes.audiences(), threads, InstantSource.system(), System::nanoTime);
      }
    };
  }
}
