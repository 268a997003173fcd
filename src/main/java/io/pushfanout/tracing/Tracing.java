package io.pushfanout.tracing;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.options.UsageException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The traces of a server: a span for each sampled broadcast, and one for each of its deliveries. A
 * collector that is away costs spans, and no broadcast.
 */
public final class Tracing implements AutoCloseable {
  /** Time for the last spans at the end. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final OpenTelemetrySdk sdk;
  private final DeliverySpans deliveries;
  private final BroadcastSpans spans;

  private Tracing(OpenTelemetrySdk sdk, LongSupplier nanoClock) {
    this.sdk = sdk;
    Tracer tracer = sdk.getTracer("io.pushfanout");
    deliveries = new DeliverySpans(tracer);
    spans = new BroadcastSpans(tracer, deliveries, InstantSource.system(), nanoClock);
  }

  /**
   * Starts to trace.
   *
   * @param options are on
   * @param nanoClock the engine's clock
   * @throws UsageException when OpenTelemetry refuses a setting
   */
  public static Tracing start(TracingOptions options, LongSupplier nanoClock) {
    Map<String, String> properties = options.properties();
    ExporterLog.install();
    try {
      Tracing tracing =
          new Tracing(
              AutoConfiguredOpenTelemetrySdk.builder()
                  .disableShutdownHook()
                  .addPropertiesCustomizer(_ -> properties)
                  // A sampled parent is always sampled, whatever the sampler of other broadcasts.
                  .addSamplerCustomizer((roots, _) -> Sampler.parentBased(roots))
                  .build()
                  .getOpenTelemetrySdk(),
              nanoClock);
      tracing.deliveries.start();
      return tracing;
    } catch (ConfigurationException | IllegalArgumentException e) {
      throw new UsageException(TracingOptions.FLAG, "and OTEL_*: " + e.getMessage());
    }
  }

  /** Returns the receiver of broadcasts that traces them on their way to another. */
  public Broadcasts around(Broadcasts inner) {
    return new TracedBroadcasts(inner, spans);
  }

  /** Exports the spans so far, for 2 s at most, and ends. */
  @Override
  public void close() {
    long since = System.nanoTime();
    deliveries.close();
    var _ =
        sdk.getSdkTracerProvider()
            .shutdown()
            .join(CLOSE_TIMEOUT.toNanos() - (System.nanoTime() - since), TimeUnit.NANOSECONDS);
  }
}
