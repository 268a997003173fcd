package io.pushfanout.discovery;

import io.pushfanout.plan.Registrations.Malformed;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names each malformed registration once, when it appears, and never floods. */
final class MalformedLog {
  private static final Logger log = LoggerFactory.getLogger(MalformedLog.class);
  private static final int MOST_AT_ONCE = 10;

  private Set<Malformed> named = Set.of();

  void show(List<Malformed> malformed) {
    List<Malformed> fresh = malformed.stream().filter(one -> !named.contains(one)).toList();
    fresh.stream()
        .limit(MOST_AT_ONCE)
        .forEach(one -> log.warn("ignored the registration {}: {}", one.key(), one.problem()));
    if (fresh.size() > MOST_AT_ONCE) {
      log.warn("ignored {} more malformed registrations", fresh.size() - MOST_AT_ONCE);
    }
    named = new HashSet<>(malformed);
  }
}
