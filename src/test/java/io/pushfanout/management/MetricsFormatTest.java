package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The format for each {@code Accept} header. */
class MetricsFormatTest {
  private static final String PROTOBUF =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                                         | TEXT",
        "*/*                                                        | TEXT",
        "text/html,application/xhtml+xml,*/*;q=0.8                  | TEXT",
        "text/plain                                                 | TEXT",
        "text/*                                                     | TEXT",
        "application/openmetrics-text                               | OPEN_METRICS",
        "APPLICATION/OpenMetrics-Text ; Version=1.0.0 ; Q=0.1       | OPEN_METRICS",
        "application/*                                              | OPEN_METRICS",
        "application/openmetrics-text;q=0                           | TEXT",
        "application/openmetrics-text;q=0,*/*                       | TEXT",
        "application/openmetrics-text;q=0.000,*/*;q=0.1             | TEXT",
        "application/openmetrics-text;q=0.5,text/plain              | TEXT",
        "application/openmetrics-text;q=0.5,text/plain;q=0.4        | OPEN_METRICS",
        "text/plain,application/openmetrics-text                    | OPEN_METRICS",
        "text/plain;q=0,*/*                                         | OPEN_METRICS",
        "text/plain;q=0,*/*;q=0.5,application/openmetrics-text;q=0.4| PROTOBUF",
        "*/*;q=0                                                    | TEXT",
        "application/openmetrics-text;version=0.0.1,text/plain;q=.5 | TEXT",
        "application/openmetrics-text;q=2,text/plain;q=0.1          | TEXT",
        "application/openmetrics-text;q=x                           | TEXT",
        "/;;=,,a/b/c,*/x,;q=1,application/openmetrics-text          | OPEN_METRICS",
      })
  void selectsTheFormatWithTheGreatestWeight(String accept, MetricsFormat format) {
    assertThat(MetricsFormat.of(accept)).isEqualTo(format);
  }

  @Test
  void protobufIsForClientsThatAcceptIt() {
    assertThat(MetricsFormat.of(PROTOBUF)).isEqualTo(MetricsFormat.PROTOBUF);
    assertThat(MetricsFormat.of(PROTOBUF + ";q=0.6,text/plain;q=0.5"))
        .isEqualTo(MetricsFormat.PROTOBUF);
    assertThat(MetricsFormat.of(PROTOBUF + ";q=0,text/plain;q=0.5")).isEqualTo(MetricsFormat.TEXT);
    assertThat(MetricsFormat.of(PROTOBUF + ";q=0.4,text/plain;q=0.5"))
        .isEqualTo(MetricsFormat.TEXT);
    assertThat(MetricsFormat.of(PROTOBUF.replace("delimited", "text")))
        .isEqualTo(MetricsFormat.TEXT);
  }

  /** Headers of Prometheus 3 and 2. */
  @Test
  void prometheusGetsOpenMetrics() {
    assertThat(
            MetricsFormat.of(
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                    + "application/openmetrics-text;version=0.0.1;q=0.5,"
                    + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
                    + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"))
        .isEqualTo(MetricsFormat.OPEN_METRICS);
    assertThat(
            MetricsFormat.of(
                "application/openmetrics-text;version=1.0.0;q=0.5,"
                    + "application/openmetrics-text;version=0.0.1;q=0.4,"
                    + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"))
        .isEqualTo(MetricsFormat.OPEN_METRICS);
  }

  @Test
  void clientWithoutPreferenceGetsText() {
    assertThat(MetricsFormat.of(null)).isEqualTo(MetricsFormat.TEXT);
  }
}
