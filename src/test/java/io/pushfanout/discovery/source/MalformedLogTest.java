package io.pushfanout.discovery.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.plan.Registrations.Malformed;
import io.pushfanout.tools.LoggedLines;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MalformedLogTest {
  @RegisterExtension private final LoggedLines lines = new LoggedLines(MalformedLog.class);
  private long nanos;
  private final MalformedLog log = new MalformedLog(() -> nanos);

  private static List<Malformed> some(int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(i -> new Malformed("/services/s/" + i, "no address"))
        .toList();
  }

  @Test
  void eachIsNamedOnceAndOfManyTenAndTheirCount() {
    log.show(some(0, 1));
    log.show(some(0, 1));
    nanos = Duration.ofSeconds(20).toNanos();
    log.show(some(0, 31));

    assertThat(lines.all())
        .hasSize(12)
        .startsWith("WARN ignored the registration /services/s/0: no address")
        .endsWith("WARN ignored 20 more malformed registrations");
  }

  /** Each hand-over had 11 lines, and there are 10 hand-overs in a second. */
  @Test
  void keysRewrittenAllTheTimeGetElevenLinesInTwentySeconds() {
    for (int handOver = 0; handOver < 200; handOver++) {
      log.show(some(100 * handOver, 100));
      nanos += Duration.ofMillis(100).toNanos() - 1;
    }
    assertThat(lines.all()).hasSize(11);

    nanos += Duration.ofSeconds(20).toNanos();
    log.show(some(-1, 1));
    assertThat(lines.all())
        .last()
        .isEqualTo(
            "WARN ignored the registration /services/s/-1: no address"
                + " (2189 lines about it were left out)");
  }
}
