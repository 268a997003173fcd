package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.pushfanout.access.Review;
import io.pushfanout.access.ReviewException;
import io.pushfanout.access.Reviewer;
import io.pushfanout.access.Right;
import io.pushfanout.access.User;
import io.pushfanout.access.WebToken;
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
 * Asks the API server whose a token is, and what that user may do. Each question blocks, for some
 * seconds at most.
 */
public final class KubernetesReviews implements Reviewer, AutoCloseable {
  /** From one client to the next: a plugin may have to be run for its credentials. */
  private static final Duration REMAKE = Duration.ofSeconds(10);

  private final Supplier<KubernetesClient> clients;
  private final List<String> audiences;
  private final ApiHealth health;

  /** For one thread: guarded by itself. */
  private final Outage outage;

  /** Null until it is needed, and again once either side did not take what the other showed. */
  private @Nullable KubernetesClient client;

  private final Every made = new Every(REMAKE, System::nanoTime);

  private boolean closed;

  /**
   * Reads the way to the API server, and connects, with the first question.
   *
   * @param audiences that a token may be for; none: that of the API server
   */
  public KubernetesReviews(ClusterAccess access, List<String> audiences) {
    this.health = new ApiHealth(System::nanoTime);
    this.outage = new Outage("the reviews of callers", health, System::nanoTime);
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

  /** The next question reads all files anew, but not for each of many refusals. */
  private synchronized void drop(KubernetesClient refused) {
    if (refused.equals(client) && made.isDue()) {
      client = null;
      refused.close();
    }
  }

  @Override
  public Review review(String token) throws ReviewException {
    TokenReview asked =
        new TokenReviewBuilder()
            .withNewSpec()
            .withToken(token)
            .withAudiences(audiences)
            .endSpec()
            .build();
    TokenReviewStatus status = ask(client -> client.resource(asked).create()).getStatus();
    // Of a bad token it is null rather than false.
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

  /** An authenticator that knows nothing of audiences leaves out those that it was asked for. */
  private boolean isForUs(@Nullable List<String> confirmed) {
    return audiences.isEmpty() || !Collections.disjoint(audiences, present(confirmed));
  }

  @Override
  public boolean holds(User user, Right right) throws ReviewException {
    FanoutName target = right.target();
    SubjectAccessReview asked =
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
            // Without both it is about all namespaces, which only a ClusterRoleBinding gives.
            .withNamespace(target == null ? "" : target.namespace())
            .withName(target == null ? "" : target.name())
            .endResourceAttributes()
            .endSpec()
            .build();
    SubjectAccessReview answer = ask(client -> client.resource(asked).create());
    return answer.getStatus() != null && Boolean.TRUE.equals(answer.getStatus().getAllowed());
  }

  private <T> T ask(Function<KubernetesClient, T> question) throws ReviewException {
    KubernetesClient present = null;
    try {
      present = client();
      T answer = question.apply(present);
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
