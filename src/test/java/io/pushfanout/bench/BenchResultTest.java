package io.pushfanout.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.client.DeliveryTimes;
import io.pushfanout.client.Latency;
import io.pushfanout.client.LedgerChange;
import io.pushfanout.client.LoadResult;
import io.pushfanout.model.NodeAddress;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BenchResultTest {
  private static final Latency LATENCY = new Latency(10_000, 0.4, 0.3, 0.5, 1.2, 3.4, 8.1);

  @Test
  void theTextHasALineForEachMeasurement() {
    assertThat(result(load(10_000, Map.of("OK", 9_990L, "PARTIAL", 10L), Map.of()), nodes()).text())
        .isEqualTo(
            """
            sent      10,000 broadcasts of 100 bytes in 10.0 s: 1,000.0/s
            replies   OK 9,990  PARTIAL 10
            queues    accepted 29,990  dropped 10
            answered  mean 0.40 ms  p50 0.30  p90 0.50  p99 1.20  p99.9 3.40  max 8.10, from when each was due
            nodes     3: delivered 29,990  failed 0  expired 0  dropped 10
            delivery  mean 5.00 ms  p50 ≤ 5.0 ms  p99 ≤ 10.0 ms, from enqueue to acknowledgement
            workers   10: 1,000 messages/s for each node × 5.00 ms from enqueue to acknowledgement are 5.0 in flight (Little's law), twice that for a bad day.\
            """);
  }

  @Test
  void failuresAreReported() {
    String text =
        result(load(8_000, Map.of("OK", 7_000L), Map.of("UNAVAILABLE", 999L)), null).text();

    assertThat(text)
        .contains("\n          2,000 more were due: the server, or this program, was not fast")
        .contains("\nerrors    UNAVAILABLE 999\n")
        .contains("\nopen      1 without an answer\n")
        .contains("\nworkers   unknown: the status page has the delivery time of the nodes")
        .doesNotContain("\nnodes", "\ndelivery");
  }

  @Test
  void programsGetTheSameAsJson() {
    JsonObject json =
        new JsonObject(result(load(10_000, Map.of("OK", 10_000L), Map.of()), nodes()).json());

    assertThat(json.getLong("sent")).isEqualTo(10_000);
    assertThat(json.getJsonObject("replies")).isEqualTo(new JsonObject().put("OK", 10_000));
    assertThat(json.getJsonObject("latencyMs").getDouble("p999")).isEqualTo(3.4);
    assertThat(json.getJsonObject("nodes").getLong("delivered")).isEqualTo(29_990);
    assertThat(json.getJsonObject("workers").getInteger("suggested")).isEqualTo(10);
    assertThat(json.getBoolean("stopped")).isFalse();
  }

  @Test
  void streamsHaveNoAcceptedCountAndTheirEndsAreReported() {
    BenchResult result =
        result(true, load(10_000, Map.of("OK", 9_990L), Map.of(), Map.of("UNAVAILABLE", 2L)), null);

    assertThat(result.text())
        .contains("\nstreams   ended by the server: UNAVAILABLE 2\n")
        .contains("\nqueues    dropped 10\n");
    JsonObject json = new JsonObject(result.json());
    assertThat(json.getJsonObject("streamEnds")).isEqualTo(new JsonObject().put("UNAVAILABLE", 2));
    assertThat(json.getValue("accepted")).isNull();
  }

  @Test
  void unknownValuesAreNullInJson() {
    JsonObject json = new JsonObject(result(load(1, Map.of("OK", 1L), Map.of()), null).json());

    assertThat(json.fieldNames()).contains("nodes");
    assertThat(json.getValue("nodes")).isNull();
    assertThat(json.getJsonObject("workers").getValue("suggested")).isNull();
  }

  private static BenchResult result(LoadResult load, @Nullable LedgerChange nodes) {
    return result(false, load, nodes);
  }

  private static BenchResult result(
      boolean streams, LoadResult load, @Nullable LedgerChange nodes) {
    BenchOptions options =
        new BenchOptions(
            new NodeAddress("127.0.0.1", 50053),
            null,
            1000,
            Duration.ofSeconds(10),
            Duration.ZERO,
            100,
            null,
            0,
            1,
            streams,
            null,
            null,
            null);
    return new BenchResult(options, load, nodes, false);
  }

  private static LoadResult load(long sent, Map<String, Long> replies, Map<String, Long> errors) {
    return load(sent, replies, errors, Map.of());
  }

  private static LoadResult load(
      long sent, Map<String, Long> replies, Map<String, Long> errors, Map<String, Long> ends) {
    return new LoadResult(
        10_000,
        sent,
        10,
        new TreeMap<>(replies),
        new TreeMap<>(errors),
        new TreeMap<>(ends),
        29_990,
        10,
        LATENCY);
  }

  private static LedgerChange nodes() {
    DeliveryTimes times =
        new DeliveryTimes(29_990 * 0.005, new TreeMap<>(Map.of(0.005, 20_000L, 0.01, 29_990L)));
    return new LedgerChange(10, true, 3, 50, 0, 29_990, 29_990, 0, 0, 10, times);
  }
}
