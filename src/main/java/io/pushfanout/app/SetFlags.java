package io.pushfanout.app;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.SettingException;
import io.pushfanout.model.SettingField;
import io.pushfanout.model.SettingsBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code --set FIELD=VALUE}, where FIELD is a field of the PushFanout spec. */
final class SetFlags {
  private static final String FLAG = "--set";

  private SetFlags() {}

  /**
   * The defaults with these fields set; of two for one field the later one holds.
   *
   * @throws UsageException names the assignment at fault, and its field
   */
  static FanoutSettings apply(List<String> assignments) {
    SettingsBuilder settings = FanoutSettings.DEFAULT.toBuilder();
    Map<String, String> byField = new HashMap<>();
    for (String assignment : assignments) {
      byField.put(set(settings, assignment.strip()), assignment.strip());
    }
    try {
      // Bounds only now: two fields that are held to each other may come in any order.
      return settings.build();
    } catch (SettingException e) {
      throw refusal(blamed(byField, e), e);
    }
  }

  /** The field's own assignment, or the one of a field that it is held to. */
  private static String blamed(Map<String, String> byField, SettingException e) {
    String own = byField.get(e.field());
    return own != null
        ? own
        : byField.keySet().stream()
            .filter(field -> e.problem().contains(field))
            .map(byField::get)
            .findFirst()
            .orElse("");
  }

  /** Returns the field's path. */
  private static String set(SettingsBuilder settings, String assignment) {
    int equals = assignment.indexOf('=');
    if (equals < 1) {
      throw new UsageException(FLAG, assignment, "must be FIELD=VALUE, such as workers=50");
    }
    String path = assignment.substring(0, equals);
    if (path.equals("discovery") || path.startsWith("discovery.")) {
      throw new UsageException(FLAG, assignment, path + ": is not settable here, use --node");
    }
    if (path.startsWith("overrides")) {
      throw new UsageException(FLAG, assignment, path + ": a list is not settable here");
    }
    try {
      SettingField.ofPath(path).set(settings, assignment.substring(equals + 1));
    } catch (SettingException e) {
      throw refusal(assignment, e);
    }
    return path;
  }

  private static UsageException refusal(String assignment, SettingException e) {
    return new UsageException(FLAG, assignment, e.field() + ": " + e.problem());
  }
}
