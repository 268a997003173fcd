package io.pushfanout.operator;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Finds out whether the watch has gone deaf: what the API server had told us too late already at
 * the last look, and has not told us since. Between two looks a watch that works catches up. Pure
 * but for its memory of one look; versions are compared for being equal only.
 */
final class WatchCheck {
  private Map<String, String> behind = Map.of();

  /**
   * Looks once more.
   *
   * @param served the version of each object that there is, by uid, as a list says
   * @param known likewise, as the watch said
   * @return whether some object was behind at the last look and has not moved since
   */
  boolean isDeaf(Map<String, String> served, Map<String, String> known) {
    Map<String, String> now = new HashMap<>();
    served.forEach(
        (uid, version) -> {
          String ours = known.getOrDefault(uid, "");
          if (!ours.equals(version)) {
            now.put(uid, ours);
          }
        });
    known.forEach(
        (uid, ours) -> {
          if (!served.containsKey(uid)) {
            now.put(uid, ours);
          }
        });
    Set<Map.Entry<String, String>> before = behind.entrySet();
    boolean deaf = now.entrySet().stream().anyMatch(before::contains);
    behind = now;
    return deaf;
  }
}
