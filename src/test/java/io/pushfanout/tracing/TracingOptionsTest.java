package io.pushfanout.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.options.UsageException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TracingOptionsTest {
  private static final String URL = "http://collector:4318";

  private static TracingOptions of(String... variables) {
    return new TracingOptions(null, map(variables));
  }

  private static Map<String, String> map(String... variables) {
    return switch (variables.length) {
      case 0 -> Map.of();
      case 2 -> Map.of(variables[0], variables[1]);
      default -> Map.of(variables[0], variables[1], variables[2], variables[3]);
    };
  }

  @Test
  void endpointTurnsTracingOn() {
    assertThat(TracingOptions.OFF.isOn()).isFalse();
    assertThat(of("OTEL_SERVICE_NAME", "push").isOn()).isFalse();
    assertThat(of("OTEL_EXPORTER_OTLP_ENDPOINT", " ").isOn()).as("blank").isFalse();
    assertThat(new TracingOptions(URL, Map.of()).isOn()).isTrue();
    assertThat(of("OTEL_EXPORTER_OTLP_ENDPOINT", URL).isOn()).isTrue();
    assertThat(of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", URL).isOn()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"OTEL_SDK_DISABLED,true", "OTEL_SDK_DISABLED,TRUE", "OTEL_TRACES_EXPORTER,none"})
  void variablesTurnItOff(String name, String value) {
    assertThat(new TracingOptions(URL, Map.of(name, value)).isOn()).isFalse();
  }

  @Test
  void variablesAreOpenTelemetrysProperties() {
    assertThat(of("OTEL_EXPORTER_OTLP_ENDPOINT", URL, "OTEL_BSP_MAX_QUEUE_SIZE", "7").properties())
        .containsEntry("otel.exporter.otlp.endpoint", URL)
        .containsEntry("otel.bsp.max.queue.size", "7")
        .containsEntry("otel.exporter.otlp.protocol", "http/protobuf")
        .containsEntry("otel.service.name", "pushfanout")
        .containsEntry("otel.metrics.exporter", "none")
        .containsEntry("otel.logs.exporter", "none")
        .doesNotContainKey("otel.exporter.otlp.traces.endpoint");
    assertThat(of("OTEL_METRICS_EXPORTER", "otlp").properties())
        .containsEntry("otel.metrics.exporter", "none");
    assertThat(of("PATH", "/bin").variables()).isEmpty();
  }

  @Test
  void nameOfTheServiceMayBeAmongTheAttributes() {
    assertThat(of("OTEL_SERVICE_NAME", "push").properties())
        .containsEntry("otel.service.name", "push");
    assertThat(of("OTEL_RESOURCE_ATTRIBUTES", "a=b,service.name=push").properties())
        .doesNotContainKey("otel.service.name");
  }

  @Test
  void flagIsBeforeTheVariables() {
    Map<String, String> others = Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://other/x");
    for (String url : new String[] {URL, URL + "/"}) {
      assertThat(new TracingOptions(url, others).properties())
          .containsEntry("otel.exporter.otlp.traces.endpoint", URL + "/v1/traces");
    }
    Map<String, String> grpc = Map.of("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    assertThat(new TracingOptions(URL, grpc).properties())
        .containsEntry("otel.exporter.otlp.traces.endpoint", URL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "collector:4318", "ftp://collector", "http://", "http://a b", "x"})
  void endpointIsAUrl(String endpoint) {
    assertThatThrownBy(() -> new TracingOptions(endpoint, Map.of()))
        .isInstanceOf(UsageException.class)
        .hasMessage("--otlp-endpoint: must be a URL, such as http://collector:4318");
  }

  @Test
  void unsupportedProtocolIsRefusedByItsName() {
    assertThatThrownBy(() -> of("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json").properties())
        .isInstanceOf(UsageException.class)
        .hasMessage("OTEL_EXPORTER_OTLP_PROTOCOL: must be http/protobuf or grpc");
    assertThatThrownBy(
            () ->
                of(
                        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
                        "grpc",
                        "OTEL_EXPORTER_OTLP_CERTIFICATE",
                        "c")
                    .properties())
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "OTEL_EXPORTER_OTLP_CERTIFICATE: needs OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");
  }

  @Test
  void settingThatOpenTelemetryRefusesIsReported() {
    TracingOptions options =
        of("OTEL_EXPORTER_OTLP_ENDPOINT", URL, "OTEL_TRACES_SAMPLER", "sometimes");
    assertThatThrownBy(() -> Tracing.start(options, System::nanoTime))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("sometimes");
  }
}
