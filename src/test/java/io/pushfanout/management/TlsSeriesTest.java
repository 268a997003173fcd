package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.HandshakeProblem;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TlsSeriesTest {
  private static final String EXPIRY = "pushfanout_tls_certificate_expiry_timestamp_seconds";
  private static final String FAILURES = "pushfanout_tls_handshake_failures_total";

  private static Scrape scrape(
      Optional<Instant> server, Map<String, Instant> profiles, Map<HandshakeProblem, Long> failures)
      throws Exception {
    try (Metrics metrics = new Metrics("1")) {
      metrics.register(new TlsSeries(() -> server, () -> profiles, () -> failures));
      return Scrape.of(metrics);
    }
  }

  @Test
  void seriesHaveExpectedNamesLabelsAndValues() throws Exception {
    Scrape scrape =
        scrape(
            Optional.of(Instant.ofEpochSecond(1_900_000_000L)),
            Map.of("internal", Instant.ofEpochSecond(1_800_000_000L)),
            Map.of(HandshakeProblem.NO_CERTIFICATE, 7L));

    assertThat(scrape.labelsByName())
        .containsEntry(EXPIRY, Set.of("use", "profile"))
        .containsEntry(FAILURES, Set.of("reason"));
    assertThat(scrape.value(EXPIRY + "{profile=\"\",use=\"server\"}")).isEqualTo(1_900_000_000);
    assertThat(scrape.value(EXPIRY + "{profile=\"internal\",use=\"profile\"}"))
        .isEqualTo(1_800_000_000);
    assertThat(scrape.value(FAILURES + "{reason=\"no_certificate\"}")).isEqualTo(7);
    assertThat(scrape.value(FAILURES + "{reason=\"not_tls\"}")).isZero();
  }

  @Test
  void withoutCertificatesNoneEnds() throws Exception {
    Scrape scrape = scrape(Optional.empty(), Map.of(), Map.of());

    assertThat(scrape.labelsByName()).containsKey(FAILURES).doesNotContainKey(EXPIRY);
  }
}
