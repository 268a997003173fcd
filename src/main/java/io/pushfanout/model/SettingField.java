package io.pushfanout.model;

import io.pushfanout.model.FanoutSettings.DeliveryInterest;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.QuantityFormat;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The spec's fields of {@link FanoutSettings}, each with its name and notation in the resource.
 * This table is shared by {@code --set}, files and the status page.
 */
public enum SettingField {
  WORKERS("workers", FanoutSettings::workers, whole(SettingsBuilder::workers)),
  QUEUE_SIZE("queueSize", FanoutSettings::queueSize, whole(SettingsBuilder::queueSize)),
  QUEUE_BYTES(
      "queueBytes",
      s -> QuantityFormat.format(s.queueBytes()),
      (b, text) -> b.queueBytes(QuantityFormat.parse(text))),
  OVERFLOW_POLICY(
      "overflowPolicy",
      s -> s.overflowPolicy().specName(),
      oneOf(OverflowPolicy.values(), OverflowPolicy::specName, SettingsBuilder::overflowPolicy)),
  BLOCK_TIMEOUT(
      "blockTimeout",
      s -> DurationFormat.format(s.blockTimeout()),
      duration(SettingsBuilder::blockTimeout)),
  RPC_TIMEOUT(
      "rpcTimeout",
      s -> DurationFormat.format(s.rpcTimeout()),
      duration(SettingsBuilder::rpcTimeout)),
  MESSAGE_TTL(
      "messageTTL",
      s -> DurationFormat.format(s.messageTtl()),
      duration(SettingsBuilder::messageTtl)),
  DRAIN_TIMEOUT(
      "drainTimeout",
      s -> DurationFormat.format(s.drainTimeout()),
      duration(SettingsBuilder::drainTimeout)),
  MAX_ATTEMPTS(
      "retry.maxAttempts", s -> s.retry().maxAttempts(), whole(SettingsBuilder::maxAttempts)),
  INITIAL_BACKOFF(
      "retry.initialBackoff",
      s -> DurationFormat.format(s.retry().initialBackoff()),
      duration(SettingsBuilder::initialBackoff)),
  MAX_BACKOFF(
      "retry.maxBackoff",
      s -> DurationFormat.format(s.retry().maxBackoff()),
      duration(SettingsBuilder::maxBackoff)),
  DELIVERY_MODE(
      "delivery.mode",
      s -> s.deliveryMode().specName(),
      oneOf(DeliveryMode.values(), DeliveryMode::specName, SettingsBuilder::deliveryMode)),
  DELIVERY_WINDOW(
      "delivery.window", FanoutSettings::deliveryWindow, whole(SettingsBuilder::deliveryWindow)),
  DELIVERY_LINGER(
      "delivery.linger",
      s -> DurationFormat.format(s.deliveryLinger()),
      duration(SettingsBuilder::deliveryLinger)),
  DELIVERY_INTEREST(
      "delivery.interest",
      s -> s.deliveryInterest().specName(),
      oneOf(
          DeliveryInterest.values(),
          DeliveryInterest::specName,
          SettingsBuilder::deliveryInterest)),
  DELIVERY_TARGET(
      "delivery.target",
      s -> s.deliveryTarget() == null ? "" : s.deliveryTarget().text(),
      SettingsBuilder::deliveryTarget),
  TLS_PROFILE("tls.profile", s -> orNone(s.tls().profile()), SettingsBuilder::tlsProfile),
  TLS_SERVER_NAME(
      "tls.serverName", s -> orNone(s.tls().serverName()), SettingsBuilder::tlsServerName);

  private final String path;
  private final Function<FanoutSettings, Object> show;
  private final BiConsumer<SettingsBuilder, String> set;

  SettingField(
      String path, Function<FanoutSettings, Object> show, BiConsumer<SettingsBuilder, String> set) {
    this.path = path;
    this.show = show;
    this.set = set;
  }

  /**
   * Returns the settings in the shape of the resource's spec: a dot in a field's path makes a
   * nested map.
   *
   * @param shown selects the values to include
   */
  public static Map<String, Object> nested(FanoutSettings settings, Predicate<Object> shown) {
    Map<String, Object> spec = new LinkedHashMap<>();
    Map<String, Map<String, Object>> groups = new HashMap<>();
    for (SettingField field : values()) {
      Object value = field.show(settings);
      if (!shown.test(value)) {
        continue;
      }
      int dot = field.path.indexOf('.');
      if (dot < 0) {
        spec.put(field.path, value);
      } else {
        String name = field.path.substring(0, dot);
        Map<String, Object> group = groups.computeIfAbsent(name, _ -> new LinkedHashMap<>());
        spec.putIfAbsent(name, group);
        group.put(field.path.substring(dot + 1), value);
      }
    }
    return spec;
  }

  /** Returns the field's path in the spec, such as {@code retry.maxAttempts}. */
  public String path() {
    return path;
  }

  /**
   * Returns the value in the resource's notation: an {@link Integer} or a {@link String}, empty if
   * the field is left out and has no default.
   */
  public Object show(FanoutSettings settings) {
    return show.apply(settings);
  }

  /**
   * Sets the field from the resource's text.
   *
   * @throws SettingException if the text is not a value of the field; {@link SettingsBuilder#build}
   *     checks the bounds
   */
  public void set(SettingsBuilder builder, String text) {
    try {
      set.accept(builder, text);
    } catch (NumberFormatException _) {
      throw new SettingException(path, "must be a whole number, is \"" + text + "\"");
    } catch (IllegalArgumentException e) {
      throw new SettingException(path, e.getMessage() + ", is \"" + text + "\"");
    }
  }

  /**
   * Returns the field with this path.
   *
   * @throws SettingException when the spec has no such field
   */
  public static SettingField ofPath(String path) {
    return Arrays.stream(values())
        .filter(f -> f.path.equals(path))
        .findFirst()
        .orElseThrow(
            () ->
                new SettingException(
                    path,
                    "no such field; there are "
                        + Arrays.stream(values())
                            .map(SettingField::path)
                            .collect(Collectors.joining(", "))));
  }

  private static String orNone(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static BiConsumer<SettingsBuilder, String> whole(
      BiConsumer<SettingsBuilder, Integer> setter) {
    return (builder, text) -> setter.accept(builder, Integer.valueOf(text));
  }

  private static BiConsumer<SettingsBuilder, String> duration(
      BiConsumer<SettingsBuilder, Duration> setter) {
    return (builder, text) -> setter.accept(builder, DurationFormat.parse(text));
  }

  private static <E> BiConsumer<SettingsBuilder, String> oneOf(
      E[] values, Function<E, String> name, BiConsumer<SettingsBuilder, E> setter) {
    return (builder, text) ->
        setter.accept(
            builder,
            Arrays.stream(values)
                .filter(v -> name.apply(v).equals(text))
                .findFirst()
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "must be one of "
                                + Arrays.stream(values)
                                    .map(name)
                                    .collect(Collectors.joining(", ")))));
  }
}
