package io.pushfanout.management;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A format of Prometheus. The constants are in order of preference among formats that a client
 * weights equally.
 */
enum MetricsFormat {
  PROTOBUF(
      "application",
      "vnd.google.protobuf",
      Map.of("proto", "io.prometheus.client.MetricFamily", "encoding", "delimited")),
  OPEN_METRICS("application", "openmetrics-text", Map.of("version", "1.0.0")),
  TEXT("text", "plain", Map.of("version", "0.0.4"));

  private final String type;
  private final String subtype;
  private final Map<String, String> parameters;

  MetricsFormat(String type, String subtype, Map<String, String> parameters) {
    this.type = type;
    this.subtype = subtype;
    this.parameters = parameters;
  }

  /**
   * Returns the format that a client prefers; the text format if the client names none of these.
   *
   * @param accept the {@code Accept} header; null for none
   */
  static MetricsFormat of(@Nullable String accept) {
    AcceptedTypes accepted = new AcceptedTypes(accept);
    MetricsFormat best = TEXT;
    AcceptedTypes.Match bestMatch = TEXT.match(accepted);
    for (MetricsFormat format : new MetricsFormat[] {OPEN_METRICS, PROTOBUF}) {
      AcceptedTypes.Match match = format.match(accepted);
      boolean named = match.precision() >= 2;
      // A browser, which accepts any type, gets the text format.
      if (match.weight() > bestMatch.weight()
          || (match.weight() == bestMatch.weight() && match.weight() > 0 && named)) {
        best = format;
        bestMatch = match;
      }
    }
    return best;
  }

  private AcceptedTypes.Match match(AcceptedTypes accepted) {
    return accepted.match(type, subtype, parameters);
  }

  ExpositionFormatWriter writer(ExpositionFormats formats) {
    return switch (this) {
      case PROTOBUF -> formats.getPrometheusProtobufWriter();
      case OPEN_METRICS -> formats.getOpenMetricsTextFormatWriter();
      case TEXT -> formats.getPrometheusTextFormatWriter();
    };
  }
}
