package io.pushfanout.access;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whom a token belongs to, as its reviewer says. */
public record User(
    String name, @Nullable String uid, List<String> groups, Map<String, List<String>> extra) {
  public User {
    groups = List.copyOf(groups);
    extra = Map.copyOf(extra);
  }
}
