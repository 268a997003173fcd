package io.pushfanout.operator.policy;

import io.pushfanout.model.Bounds;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.QuantityFormat;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.ToLongBiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A field that a ceiling may bound: a number, bytes or milliseconds. A duration of zero means no
 * limit and counts as the largest value.
 */
enum CeilingField {
  WORKERS("workers", Unit.NUMBER, Bounds.WORKERS_MIN, (_, s) -> s.workers()),
  QUEUE_SIZE("queueSize", Unit.NUMBER, Bounds.QUEUE_SIZE_MIN, (_, s) -> s.queueSize()),
  QUEUE_BYTES("queueBytes", Unit.BYTES, Bounds.QUEUE_BYTES_MIN, (_, s) -> s.queueBytes()),
  RPC_TIMEOUT(
      "rpcTimeout", Unit.DURATION, Bounds.RPC_TIMEOUT_MIN, (_, s) -> s.rpcTimeout().toMillis()),
  MESSAGE_TTL(
      "messageTTL",
      Unit.LIMITING_DURATION,
      Bounds.MESSAGE_TTL_MIN,
      (_, s) -> limit(s.messageTtl())),
  DRAIN_TIMEOUT(
      "drainTimeout",
      Unit.DURATION,
      Bounds.DRAIN_TIMEOUT_MIN,
      (_, s) -> s.drainTimeout().toMillis()),
  WINDOW("window", "delivery.window", Unit.NUMBER, Bounds.WINDOW_MIN, (_, s) -> s.deliveryWindow()),
  NODES("nodes", "discovery.static.nodes", Unit.NUMBER, 0, (spec, _) -> staticNodes(spec)),
  OVERRIDES("overrides", Unit.NUMBER, 0, (spec, _) -> spec.overrides().size()),

  /** The number of resources in a namespace; a single resource has the value 0. */
  RESOURCES("resources", "metadata.namespace", Unit.NUMBER, 0, (_, _) -> 0);

  private static final long NO_LIMIT = Long.MAX_VALUE;
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private enum Unit {
    NUMBER,
    BYTES,
    DURATION,
    LIMITING_DURATION
  }

  private final String label;
  private final String path;
  private final Unit unit;
  private final long minimum;
  private final ToLongBiFunction<FanoutSpec, FanoutSettings> value;

  CeilingField(
      String name, Unit unit, long minimum, ToLongBiFunction<FanoutSpec, FanoutSettings> value) {
    this(name, name, unit, minimum, value);
  }

  CeilingField(
      String label,
      String path,
      Unit unit,
      long minimum,
      ToLongBiFunction<FanoutSpec, FanoutSettings> value) {
    this.label = label;
    this.path = path;
    this.unit = unit;
    this.minimum = minimum;
    this.value = value;
  }

  private static long staticNodes(FanoutSpec spec) {
    return spec.discovery() instanceof Discovery.Static fixed ? fixed.nodes().size() : 0;
  }

  private static long limit(Duration duration) {
    return duration.isZero() ? NO_LIMIT : duration.toMillis();
  }

  static Optional<CeilingField> of(String label) {
    return Arrays.stream(values()).filter(field -> field.label.equals(label)).findFirst();
  }

  static String labels() {
    return Arrays.stream(values()).map(CeilingField::label).collect(Collectors.joining(", "));
  }

  /** Returns the field's name in {@code --ceiling}. */
  String label() {
    return label;
  }

  /** Returns the field's path in the resource. */
  String path() {
    return path;
  }

  /**
   * Returns the value of the field.
   *
   * @param settings settings of the fanout, or of some of its nodes
   */
  long valueOf(FanoutSpec spec, FanoutSettings settings) {
    return value.applyAsLong(spec, settings);
  }

  /**
   * Reads a ceiling in the spec's notation of the field. A ceiling above the field's own maximum
   * has no effect; one below the field's minimum would reject every resource and is refused.
   *
   * @throws IllegalArgumentException with the requirement as its message
   */
  long parse(String text) {
    long ceiling =
        switch (unit) {
          case NUMBER -> number(text);
          case BYTES -> QuantityFormat.parse(text);
          case DURATION -> DurationFormat.parse(text).toMillis();
          case LIMITING_DURATION -> limit(DurationFormat.parse(text));
        };
    if (ceiling < minimum) {
      throw new IllegalArgumentException("must be at least " + format(minimum));
    }
    return ceiling;
  }

  private static long number(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException("must be a whole number");
    }
    return Long.parseLong(text);
  }

  /** Returns the shortest text that {@link #parse} reads as this amount. */
  String format(long amount) {
    return switch (unit) {
      case NUMBER -> String.valueOf(amount);
      case BYTES -> QuantityFormat.format(amount);
      case DURATION, LIMITING_DURATION ->
          DurationFormat.format(amount == NO_LIMIT ? Duration.ZERO : Duration.ofMillis(amount));
    };
  }
}
