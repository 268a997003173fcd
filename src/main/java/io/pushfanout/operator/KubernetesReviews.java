package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.pushfanout.auth.Authorizer.Right;
import io.pushfanout.auth.TokenReviewer;
import io.pushfanout.auth.TokenReviewer.Review;
import io.pushfanout.auth.TokenReviewer.ReviewException;
import io.pushfanout.auth.TokenReviewer.User;
import io.pushfanout.auth.WebToken;
import io.pushfanout.model.FanoutName;
import io.pushfanout.operator.client.ClusterAccess;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A reviewer that resolves tokens and permissions by reviews of the API server. Each call blocks,
 * for some seconds at most. From any thread.
 */
public final class KubernetesReviews implements TokenReviewer, AutoCloseable {
  /** Shortest time between two clients: credentials may need a run of a plugin. */
  private static final Duration REMAKE = Duration.ofSeconds(10);

  private final Supplier<KubernetesClient> clients;
  private final List<String> audiences;
  private final ApiHealth health;

  /** Log of failed reviews. For one thread, so guarded by itself. */
  private final OutageLog outage;

  /**
   * The client; null before the first review, and after a refusal of credentials by either side.
   */
  private @Nullable KubernetesClient client;

  private final PeriodicCheck made = new PeriodicCheck(REMAKE, System::nanoTime);

  private boolean closed;

  /**
   * Creates a reviewer that reads its options and connects with the first review.
   *
   * @param audiences accepted audiences of a token; empty: that of the API server
   */
  public KubernetesReviews(ClusterAccess access, List<String> audiences) {
    this.health = new ApiHealth(System::nanoTime);
    this.outage = new OutageLog("the reviews of callers", health, System::nanoTime);
    this.clients = () -> KubernetesSession.client(access, health);
    this.audiences = List.copyOf(audiences);
  }

  private synchronized KubernetesClient client() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    KubernetesClient present = client;
    if (present == null) {
      present = clients.get();
      client = present;
      made.done();
    }
    return present;
  }

  /**
   * Drops a client after a refusal of its credentials, so that the next review reads all files
   * again; at most once in {@link #REMAKE}.
   */
  private synchronized void drop(KubernetesClient refused) {
    if (refused.equals(client) && made.isDue()) {
      client = null;
      refused.close();
    }
  }

  @Override
  public Review review(String token) throws ReviewException {
    TokenReview request =
        new TokenReviewBuilder()
            .withNewSpec()
            .withToken(token)
            .withAudiences(audiences)
            .endSpec()
            .build();
    TokenReviewStatus status = call(client -> client.resource(request).create()).getStatus();
    // The field is null rather than false for an invalid token.
    if (status == null || !Boolean.TRUE.equals(status.getAuthenticated())) {
      return new Review.Bad();
    }
    UserInfo user = status.getUser();
    if (user == null || user.getUsername() == null || !isForUs(status.getAudiences())) {
      return new Review.Bad();
    }
    return new Review.Good(
        new User(
            user.getUsername(), user.getUid(), present(user.getGroups()), present(user.getExtra())),
        WebToken.read(token).map(WebToken::expires).orElse(null));
  }

  /**
   * Returns whether the token is for one of the accepted audiences. An authenticator without
   * support for audiences confirms none of them.
   */
  private boolean isForUs(@Nullable List<String> confirmed) {
    return audiences.isEmpty() || !Collections.disjoint(audiences, present(confirmed));
  }

  @Override
  public boolean holds(User user, Right right) throws ReviewException {
    FanoutName target = right.target();
    SubjectAccessReview request =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser(user.name())
            .withUid(user.uid())
            .withGroups(user.groups())
            .withExtra(user.extra())
            .withNewResourceAttributes()
            .withVerb("create")
            .withGroup("pushfanout.io")
            .withResource("pushfanouts")
            .withSubresource("broadcast")
            // Empty names mean all namespaces, a right that only a ClusterRoleBinding grants.
            .withNamespace(target == null ? "" : target.namespace())
            .withName(target == null ? "" : target.name())
            .endResourceAttributes()
            .endSpec()
            .build();
    SubjectAccessReview answer = call(client -> client.resource(request).create());
    return answer.getStatus() != null && Boolean.TRUE.equals(answer.getStatus().getAllowed());
  }

  private <T> T call(Function<KubernetesClient, T> request) throws ReviewException {
    KubernetesClient present = null;
    try {
      present = client();
      T answer = request.apply(present);
      synchronized (outage) {
        outage.succeeded();
      }
      return answer;
    } catch (RuntimeException e) {
      String why = health.reason(e);
      synchronized (outage) {
        outage.failed(why);
      }
      if (present != null && ApiFailure.isOfIdentity(e)) {
        drop(present);
      }
      throw new ReviewException(why, e);
    }
  }

  private static <T> List<T> present(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  private static Map<String, List<String>> present(@Nullable Map<String, List<String>> map) {
    return map == null ? Map.of() : map;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.close();
    }
  }
}
