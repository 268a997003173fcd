package io.pushfanout.cli;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.SettingException;
import io.pushfanout.model.SettingField;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.options.UsageException;
import io.pushfanout.text.DurationFormat;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A reader of {@code --set FIELD=VALUE}, with FIELD a field of the PushFanout spec. */
final class SetFlags {
  static final String FLAG = "--set";

  private final SettingsBuilder settings = FanoutSettings.DEFAULT.toBuilder();
  private final Map<String, String> byField = new HashMap<>();
  private String serviceName = Discovery.Etcd.DEFAULT_SERVICE;
  private @Nullable String prefix;
  private Duration removalGracePeriod = Discovery.Etcd.DEFAULT_GRACE;

  private static final String SERVICE_NAME = "discovery.etcd.serviceName";
  private static final String PREFIX = "discovery.etcd.prefix";
  private static final String REMOVAL_GRACE_PERIOD = "discovery.etcd.removalGracePeriod";

  private SetFlags() {}

  /** Returns the names of all fields that can be set, for help. */
  static String fields() {
    return Stream.concat(
            Arrays.stream(SettingField.values()).map(SettingField::path),
            Stream.of(SERVICE_NAME, PREFIX, REMOVAL_GRACE_PERIOD))
        .collect(Collectors.joining(", "));
  }

  /**
   * Returns the spec's defaults with the assignments applied; the last one for a field wins.
   *
   * @throws UsageException with the assignment at fault, and its field
   */
  static SetFlags of(List<String> assignments) {
    SetFlags flags = new SetFlags();
    for (String assignment : assignments) {
      flags.set(assignment.strip());
    }
    return flags;
  }

  /**
   * Returns the settings.
   *
   * @throws UsageException with the assignment at fault, and its field
   */
  FanoutSettings settings() {
    return checked(settings::build);
  }

  /**
   * Returns the etcd service that the fanout's nodes register in.
   *
   * @throws UsageException with the assignment at fault, and its field
   */
  Discovery.Etcd discovery() {
    return checked(() -> new Discovery.Etcd(serviceName, prefix, removalGracePeriod));
  }

  /**
   * Returns the built value. Bounds are checked at the end: two fields that depend on each other
   * may come in any order.
   */
  private <T> T checked(Supplier<T> build) {
    try {
      return build.get();
    } catch (SettingException e) {
      throw refusal(byField.getOrDefault(e.field(), ""), e);
    }
  }

  private void set(String assignment) {
    int equals = assignment.indexOf('=');
    if (equals < 1) {
      throw new UsageException(FLAG, assignment, "must be FIELD=VALUE, such as workers=50");
    }
    String path = assignment.substring(0, equals);
    String value = assignment.substring(equals + 1);
    byField.put(path, assignment);
    switch (path) {
      case SERVICE_NAME -> serviceName = value;
      case PREFIX -> prefix = value;
      case REMOVAL_GRACE_PERIOD -> {
        try {
          removalGracePeriod = DurationFormat.parse(value);
        } catch (IllegalArgumentException e) {
          throw refusal(assignment, new SettingException(path, String.valueOf(e.getMessage())));
        }
      }
      default -> setField(path, value, assignment);
    }
  }

  private void setField(String path, String value, String assignment) {
    if (path.startsWith("discovery.static")) {
      throw new UsageException(FLAG, assignment, path + ": is not settable here, use --node");
    }
    if (path.startsWith("overrides")) {
      throw new UsageException(FLAG, assignment, path + ": a list is not settable here");
    }
    try {
      SettingField.ofPath(path).set(settings, value);
    } catch (SettingException e) {
      throw refusal(assignment, e);
    }
  }

  private static UsageException refusal(String assignment, SettingException e) {
    return new UsageException(FLAG, assignment, e.field() + ": " + e.problem());
  }
}
