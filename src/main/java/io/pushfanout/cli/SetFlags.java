package io.pushfanout.cli;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.SettingException;
import io.pushfanout.model.SettingField;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.options.UsageException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A reader of {@code --set FIELD=VALUE}, with FIELD a field of the PushFanout spec. */
final class SetFlags {
  static final String FLAG = "--set";

  private final SettingsBuilder settings = FanoutSettings.DEFAULT.toBuilder();
  private final Map<String, String> byField = new HashMap<>();
  private final DiscoveryFlags discovery = new DiscoveryFlags();

  private SetFlags() {}

  /** Returns the names of all fields that can be set, for help. */
  static String fields() {
    return Stream.concat(
            Arrays.stream(SettingField.values()).map(SettingField::path),
            DiscoveryFlags.FIELDS.stream())
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
   * Returns the source of the fanout's nodes.
   *
   * @throws UsageException with the assignment at fault, and its field
   */
  Discovery discovery() {
    return checked(discovery::discovery);
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
    if (DiscoveryFlags.FIELDS.contains(path)) {
      // A problem of several fields is one of the object around them.
      byField.put(path.substring(0, path.lastIndexOf('.')), assignment);
      byField.put("discovery", assignment);
      discovery.set(path, value);
    } else {
      setField(path, value, assignment);
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
