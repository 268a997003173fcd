package io.pushfanout.management;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.util.internal.PlatformDependent;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * The metrics of this process.
 *
 * <p>Micrometer measures the JVM only, because its meters live until they are removed. Series that
 * come and go belong to collectors, which read the present state at each scrape and keep none.
 */
public final class Metrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final JvmGcMetrics gc = new JvmGcMetrics();

  /** Whether the gauges are registered; guarded by this. */
  private boolean hasGauges;

  /**
   * @param version of the program
   */
  public Metrics(String version) {
    // These count from here on.
    gc.bindTo(registry);
    Info.builder()
        .name("pushfanout_build_info")
        .help("The version that runs; always 1")
        .labelNames("version")
        .register(registry.getPrometheusRegistry())
        .setLabelValues(version);
  }

  /**
   * Adds series, such as {@link FanoutSeries}. The collector is called at each scrape, on the
   * scraping thread.
   */
  public void register(MultiCollector collector) {
    registry.getPrometheusRegistry().register(collector);
  }

  /**
   * Registers the gauges at the first scrape. They read present values, so no start has to wait for
   * them.
   */
  private synchronized void ensureGauges() {
    if (hasGauges) {
      return;
    }
    hasGauges = true;
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    // The JVM's own gauge of direct buffers misses the buffers that Netty frees by itself.
    Gauge.builder("netty.direct.memory.used", () -> PlatformDependent.usedDirectMemory())
        .description("Direct memory that Netty holds, its pools included")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("netty.direct.memory.max", () -> PlatformDependent.maxDirectMemory())
        .description("Direct memory that Netty may hold")
        .baseUnit("bytes")
        .register(registry);
  }

  /** Returns all series with their present values. */
  Answer scrape(MetricsFormat format) throws IOException {
    ensureGauges();
    ExpositionFormatWriter writer = format.writer(formats);
    ByteArrayOutputStream out = new ByteArrayOutputStream(64 << 10);
    writer.write(out, registry.getPrometheusRegistry().scrape());
    return new Answer(200, writer.getContentType(), Buffer.buffer(out.toByteArray()));
  }

  /** Stops listening to the garbage collector. */
  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
