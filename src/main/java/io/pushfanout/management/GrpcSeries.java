package io.pushfanout.management;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.StatusCode;
import java.util.List;
import java.util.function.Supplier;

/** The series of the gRPC server's calls, under the names that dashboards for gRPC servers use. */
public final class GrpcSeries implements MultiCollector {
  private final Supplier<List<MethodCalls>> methods;

  /**
   * @param methods read at each scrape, on the scraping thread
   */
  public GrpcSeries(Supplier<List<MethodCalls>> methods) {
    this.methods = methods;
  }

  @Override
  public MetricSnapshots collect() {
    CounterFamily started =
        new CounterFamily("grpc_server_started", "Calls that the server began to handle");
    CounterFamily handled =
        new CounterFamily("grpc_server_handled", "Calls that ended, by their code");
    GaugeFamily inFlight =
        new GaugeFamily("grpc_server_in_flight", "Calls that have not ended yet");
    for (MethodCalls calls : methods.get()) {
      Labels labels = Labels.of("grpc_service", calls.service(), "grpc_method", calls.method());
      started.add(labels, calls.started());
      inFlight.add(labels, calls.inFlight());
      for (StatusCode code : StatusCode.values()) {
        // Codes that have not occurred are included: rates need zeros to start from.
        handled.add(labels.add("grpc_code", code.name()), calls.handled().getOrDefault(code, 0L));
      }
    }
    return new MetricSnapshots(started.snapshot(), handled.snapshot(), inFlight.snapshot());
  }
}
