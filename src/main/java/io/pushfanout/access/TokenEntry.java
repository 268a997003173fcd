package io.pushfanout.access;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a file says of one token.
 *
 * @param name whose it is; several may have one name, while one replaces the other
 * @param expires from when on it counts no more; null is never
 */
record TokenEntry(String name, List<Grant> grants, @Nullable Instant expires) {
  String caller() {
    return "token:" + name;
  }

  boolean isExpired(Instant now) {
    return expires != null && !now.isBefore(expires);
  }

  boolean covers(Right right) {
    return grants.stream().anyMatch(grant -> grant.covers(right));
  }
}
