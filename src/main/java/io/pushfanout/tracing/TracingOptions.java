package io.pushfanout.tracing;

import io.pushfanout.options.UsageException;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of tracing: an endpoint, and OpenTelemetry's own variables. Without an endpoint
 * among them tracing is off.
 *
 * @param endpoint base URL of the collector; null: the variables may name one
 * @param variables the variables of the environment that begin with {@code OTEL_} and have a value
 */
public record TracingOptions(@Nullable String endpoint, Map<String, String> variables) {
  public static final String FLAG = "--otlp-endpoint";

  /** The settings of a server without tracing. */
  public static final TracingOptions OFF = new TracingOptions(null, Map.of());

  private static final String PREFIX = "OTEL_";
  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
  private static final String TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  private static final String HTTP = "http/protobuf";
  private static final String GRPC = "grpc";

  /** Variables that the exporter by gRPC would ignore. */
  private static final Set<String> TLS_FILES =
      Set.of("CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY");

  /**
   * @throws UsageException names the flag or the variable of an invalid value
   */
  public TracingOptions {
    variables =
        variables.entrySet().stream()
            .filter(each -> each.getKey().startsWith(PREFIX) && !each.getValue().isBlank())
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    if (endpoint != null && !isUrl(endpoint)) {
      throw new UsageException(FLAG, endpoint, "must be a URL, such as http://collector:4318");
    }
  }

  private static boolean isUrl(String text) {
    try {
      URI url = URI.create(text);
      boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      return isHttp && url.getHost() != null && url.getQuery() == null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /** Returns whether spans are recorded and exported. */
  public boolean isOn() {
    boolean hasEndpoint =
        endpoint != null
            || variables.containsKey(ENDPOINT)
            || variables.containsKey(TRACES_ENDPOINT);
    return hasEndpoint
        && !"true".equalsIgnoreCase(variables.get("OTEL_SDK_DISABLED"))
        && !"none".equals(variables.get("OTEL_TRACES_EXPORTER"));
  }

  /**
   * Returns the settings as OpenTelemetry's properties.
   *
   * @throws UsageException names the variable of an unsupported value
   */
  Map<String, String> properties() {
    String protocol = exporter("PROTOCOL");
    boolean grpc = GRPC.equals(protocol);
    if (protocol != null && !grpc && !protocol.equals(HTTP)) {
      throw new UsageException(
          "OTEL_EXPORTER_OTLP_PROTOCOL", protocol, "must be " + HTTP + " or " + GRPC);
    }
    if (grpc) {
      TLS_FILES.forEach(this::refuseWithGrpc);
    }
    Map<String, String> properties = new HashMap<>();
    if (!variables.getOrDefault("OTEL_RESOURCE_ATTRIBUTES", "").contains("service.name=")) {
      properties.put("otel.service.name", "pushfanout");
    }
    properties.put("otel.exporter.otlp.protocol", HTTP);
    properties.put("otel.traces.exporter", "otlp");
    variables.forEach(
        (name, value) -> properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value));
    properties.put("otel.metrics.exporter", "none");
    properties.put("otel.logs.exporter", "none");
    if (endpoint != null) {
      String base = endpoint.endsWith("/") ? endpoint : endpoint + "/";
      properties.put("otel.exporter.otlp.traces.endpoint", grpc ? endpoint : base + "v1/traces");
    }
    return properties;
  }

  private void refuseWithGrpc(String name) {
    String file = exporter(name);
    if (file != null) {
      throw new UsageException(
          "OTEL_EXPORTER_OTLP_" + name, file, "needs OTEL_EXPORTER_OTLP_PROTOCOL=" + HTTP);
    }
  }

  /** Returns the variable of the exporter, for traces or for all signals; null without one. */
  private @Nullable String exporter(String name) {
    String ofTraces = variables.get("OTEL_EXPORTER_OTLP_TRACES_" + name);
    return ofTraces == null ? variables.get("OTEL_EXPORTER_OTLP_" + name) : ofTraces;
  }
}
