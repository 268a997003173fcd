package io.pushfanout.auth;

import io.pushfanout.auth.Authorizer.Right;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a tokens file, for one token.
 *
 * @param name the owner of the token; two tokens may share a name while one replaces the other
 * @param expires the end of the token's validity; null: no end
 */
record TokenEntry(String name, List<Rule> grants, @Nullable Instant expires) {
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
