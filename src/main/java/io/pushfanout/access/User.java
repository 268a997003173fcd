package io.pushfanout.access;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The user of a token, as returned by the reviewer. */
public record User(
    String name, @Nullable String uid, List<String> groups, Map<String, List<String>> extra) {
  public User {
    groups = List.copyOf(groups);
    extra = Map.copyOf(extra);
  }
}
