package io.pushfanout.node;

import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.model.OriginPattern;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A fuzz target for the {@code Origin} of a request, with the request's authority on the second
 * line.
 */
public final class OriginFuzz implements FuzzTarget {
  @Override
  public String name() {
    return "origin";
  }

  @Override
  public void take(byte[] input) {
    String[] lines = Held.lines(input, 2);
    @Nullable HostAndPort target = HostAndPort.parseAuthority(lines[1], -1);
    boolean own = target != null && OriginPattern.isOf(lines[0], target.host(), target.port());
    boolean near = Origins.isNear(lines[0], target);
    Held.that(near || !own, "own, and not near", lines[0], lines[1]);
    if (own) {
      String origin = lines[0].toLowerCase(Locale.ROOT);
      Held.that(origin.contains(target.host().toLowerCase(Locale.ROOT)), "own", origin, target);
    }
  }
}
