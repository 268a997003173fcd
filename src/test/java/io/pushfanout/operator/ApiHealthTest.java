package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParseException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.ConnectException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class ApiHealthTest {
  private final AtomicLong nanos = new AtomicLong();
  private final ApiHealth health = new ApiHealth(nanos::get);
  private final OutageLog writes = new OutageLog("writes", health, nanos::get);
  private final OutageLog lists = new OutageLog("lists", health, nanos::get);

  @Test
  void aFailureLongerThanARestartIsAProblemUntilItSucceeds() {
    writes.failed("forbidden");
    pass(4);
    assertThat(health.problem()).isEmpty();
    pass(1);
    assertThat(health.problem()).contains("writes: forbidden");

    lists.failed("away");
    pass(5);
    writes.failed("still forbidden");
    assertThat(health.problem()).contains("lists: away; writes: still forbidden");

    writes.succeeded();
    assertThat(health.problem()).contains("lists: away");
    lists.succeeded();
    assertThat(health.problem()).isEmpty();
  }

  @Test
  void oneSuccessBetweenTwoFailuresIsNoOutage() {
    for (int i = 0; i < 5; i++) {
      writes.failed("away");
      pass(3);
      writes.succeeded();
    }
    assertThat(health.problem()).isEmpty();
  }

  @Test
  void aRefusedTokenOrCertificateMakesTheFilesWorthAnotherLook() {
    writes.attempt(() -> fail(new KubernetesClientException("no", 403, null)));
    assertThat(health.isStale()).isFalse();
    writes.attempt(() -> fail(new KubernetesClientException("who", 401, null)));
    assertThat(health.isStale()).isTrue();

    health.begin("https://h:1");
    assertThat(health.isStale()).isFalse();
    SSLHandshakeException tls = new SSLHandshakeException("no");
    tls.initCause(new CertificateException("unknown"));
    writes.attempt(() -> fail(new KubernetesClientException("tls", tls)));
    assertThat(health.isStale()).isTrue();
  }

  @Test
  void aServerThatCannotBeConnectedToIsNamedWithTheSystemsReason() {
    health.begin("https://h:1 by the proxy http://p:2 (HTTPS_PROXY) (kubeconfig /c)");
    ConnectException outer = new ConnectException();
    outer.initCause(new ConnectException("Connection refused"));

    assertThat(health.reason(new KubernetesClientException("failed", outer)))
        .isEqualTo(
            "cannot connect to https://h:1 by the proxy http://p:2 (HTTPS_PROXY) (kubeconfig /c):"
                + " Connection refused");
  }

  @Test
  void anAnswerThatIsNoJsonIsNoneOfAnApiServer() {
    health.begin("https://h:1 (kubeconfig /c)");
    Exception json = new JsonParseException(null, "at [Source: REDACTED] <html>");

    assertThat(health.reason(new KubernetesClientException("failed", json)))
        .isEqualTo("the answer of https://h:1 (kubeconfig /c) is none of an API server");
  }

  @Test
  void answerThatStopsHalfWayIsNamed() {
    health.begin("https://h:1 (kubeconfig /c)");

    assertThat(
            health.reason(
                new KubernetesClientException("failed", new IOException("subscription cancelled"))))
        .isEqualTo("the answer of https://h:1 (kubeconfig /c) did not end in time");
  }

  private static void fail(RuntimeException failure) {
    throw failure;
  }

  private void pass(long seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
