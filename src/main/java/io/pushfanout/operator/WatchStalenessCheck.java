package io.pushfanout.operator;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A detector of a stalled watch: an object that was behind its listed version at the previous check
 * and has not changed since. A working watch catches up between two checks. The only state is the
 * previous check; versions are compared for equality only.
 */
final class WatchStalenessCheck {
  private Map<String, String> behind = Map.of();

  /**
   * Compares the watch with a list.
   *
   * @param served versions of the listed objects, by uid
   * @param known versions of the watched objects, by uid
   * @return whether an object was behind at the previous check and has not changed since
   */
  boolean hasStalled(Map<String, String> served, Map<String, String> known) {
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
    boolean stalled = now.entrySet().stream().anyMatch(before::contains);
    behind = now;
    return stalled;
  }
}
