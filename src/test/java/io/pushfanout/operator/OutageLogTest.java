package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.pushfanout.tools.LoggedLines;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OutageLogTest {
  private final AtomicLong nanos = new AtomicLong();
  private final ApiHealth health = new ApiHealth(nanos::get);
  private final OutageLog outage = new OutageLog("the Leases", health, nanos::get);
  @RegisterExtension private final LoggedLines lines = new LoggedLines(OutageLog.class);

  @Test
  void anOutageIsLoggedOnceAMinuteAndWhenItIsOver() {
    failFor(90);
    outage.succeeded();

    assertThat(logged())
        .containsExactly(
            "API server, the Leases: down; what is known stays in force, another attempt follows",
            "API server, the Leases: down; what is known stays in force, another attempt follows",
            "API server, the Leases: works again");
  }

  @Test
  void anErrorOfOursIsNoSilenceOfTheServers() {
    assertThat(
            outage.attempt(
                () -> {
                  throw new LinkageError("gone");
                }))
        .isTrue();
  }

  @Test
  void restartsAreNotLoggedHoweverOften() {
    for (int restart = 0; restart < 10; restart++) {
      failFor(9);
      outage.succeeded();
    }

    assertThat(logged()).isEmpty();
  }

  @Test
  void aRareDutyThatFailsEachTimeIsLogged() {
    outage.failed("down");
    pass(30);
    outage.failed("down");

    assertThat(logged()).hasSize(1);
  }

  @Test
  void aFailureEndsTheRoundOnlyWithoutAnAnswer() {
    assertThat(outage.attempt(() -> {})).isTrue();
    assertThat(outage.attempt(() -> fail(new KubernetesClientException("no", 403, null)))).isTrue();
    assertThat(outage.attempt(() -> fail(new IllegalStateException("ours")))).isTrue();
    assertThat(outage.attempt(() -> fail(new KubernetesClientException("nobody")))).isFalse();
  }

  private static void fail(RuntimeException failure) {
    throw failure;
  }

  private void failFor(int seconds) {
    for (int second = 0; second < seconds; second++) {
      outage.failed("down");
      pass(1);
    }
  }

  private List<String> logged() {
    return lines.all().stream().map(line -> line.replaceFirst("^[A-Z]+ ", "")).toList();
  }

  private void pass(long seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
