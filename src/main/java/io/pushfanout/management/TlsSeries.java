package io.pushfanout.management;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.pushfanout.model.HandshakeProblem;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The series of TLS: expiry of this server's certificates, and failed handshakes of callers. */
public final class TlsSeries implements MultiCollector {
  private final Supplier<Optional<Instant>> server;
  private final Supplier<? extends Map<String, Instant>> profiles;
  private final Supplier<? extends Map<HandshakeProblem, Long>> failures;

  /**
   * @param server expiry of the certificate for callers; empty without TLS
   * @param profiles expiry of the certificates for nodes, by the names of the TLS profiles
   * @param failures number of failed handshakes of callers, by problem; absent problems count as 0
   */
  public TlsSeries(
      Supplier<Optional<Instant>> server,
      Supplier<? extends Map<String, Instant>> profiles,
      Supplier<? extends Map<HandshakeProblem, Long>> failures) {
    this.server = server;
    this.profiles = profiles;
    this.failures = failures;
  }

  @Override
  public MetricSnapshots collect() {
    GaugeFamily expiry =
        new GaugeFamily(
            "pushfanout_tls_certificate_expiry_timestamp_seconds",
            "When a certificate of ours ends, or the first of its chain, in seconds since 1970");
    server.get().ifPresent(end -> expiry.add(labels("server", ""), end.getEpochSecond()));
    profiles
        .get()
        .forEach((name, end) -> expiry.add(labels("profile", name), end.getEpochSecond()));
    CounterFamily failed =
        new CounterFamily(
            "pushfanout_tls_handshake_failures", "TLS handshakes of callers that failed, by why");
    Map<HandshakeProblem, Long> counts = failures.get();
    for (HandshakeProblem problem : HandshakeProblem.values()) {
      failed.add(Labels.of("reason", problem.label()), counts.getOrDefault(problem, 0L));
    }
    return new MetricSnapshots(expiry.snapshot(), failed.snapshot());
  }

  private static Labels labels(String use, String profile) {
    return Labels.of("use", use, "profile", profile);
  }
}
