package io.pushfanout.discovery.source;

import io.pushfanout.concurrent.LogLimit;
import io.pushfanout.plan.Registrations.Malformed;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of malformed registrations. It names each one once, when it appears, within a limit: at
 * most 10 and the count of the others at once, and as many lines in any 20 s.
 */
public final class MalformedLog {
  private static final Logger log = LoggerFactory.getLogger(MalformedLog.class);
  private static final int MOST_AT_ONCE = 10;

  private final LogLimit lines;
  private Set<Malformed> named = Set.of();

  public MalformedLog() {
    this(System::nanoTime);
  }

  MalformedLog(LongSupplier nanoClock) {
    lines = new LogLimit(MOST_AT_ONCE + 1, nanoClock);
  }

  public void show(List<Malformed> malformed) {
    List<Malformed> fresh = malformed.stream().filter(one -> !named.contains(one)).toList();
    fresh.stream().limit(MOST_AT_ONCE).forEach(this::show);
    if (fresh.size() > MOST_AT_ONCE) {
      lines.write(
          note ->
              log.warn(
                  "ignored {} more malformed registrations{}", fresh.size() - MOST_AT_ONCE, note));
    }
    named = new HashSet<>(malformed);
  }

  private void show(Malformed one) {
    lines.write(
        note -> log.warn("ignored the registration {}: {}{}", one.key(), one.problem(), note));
  }
}
