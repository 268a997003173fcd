package io.pushfanout.discovery.source;

import io.pushfanout.concurrent.LogLimit;
import io.pushfanout.discovery.source.Availability.OutageListener;
import io.pushfanout.plan.Registrations.Trouble;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of the outages of sources that fail one by one: a line when the outage of a source begins,
 * and one when it ends; at most 20 lines in any 20 s.
 */
public final class SourceOutages implements OutageListener {
  private static final Logger log = LoggerFactory.getLogger(SourceOutages.class);
  private static final int LINES_MAX = 20;

  private final String registry;
  private final LogLimit lines;
  private final Set<String> unreachable = new HashSet<>();
  private final Map<String, String> refused = new HashMap<>();

  /**
   * @param registry the registry's name, such as DNS
   */
  public SourceOutages(String registry) {
    this(registry, System::nanoTime);
  }

  SourceOutages(String registry, LongSupplier nanoClock) {
    this.registry = registry;
    this.lines = new LogLimit(LINES_MAX, nanoClock);
  }

  @Override
  public void unreachable(String source, Trouble why) {
    if (unreachable.add(source)) {
      lines.write(
          note ->
              log.warn(
                  "{} gives no nodes of {}, the nodes last known stay: {}{}",
                  registry,
                  source,
                  why.reason(),
                  note));
    }
  }

  @Override
  public void refused(String source, String reason) {
    if (!reason.equals(refused.put(source, reason))) {
      lines.write(
          note ->
              log.warn("{} refuses to list the nodes of {}: {}{}", registry, source, reason, note));
    }
  }

  @Override
  public void restored(String source) {
    boolean wasRefused = refused.remove(source) != null;
    if (unreachable.remove(source) || wasRefused) {
      lines.write(note -> log.info("{} gives the nodes of {} again{}", registry, source, note));
    }
  }

  @Override
  public void forget(String source) {
    refused.remove(source);
    unreachable.remove(source);
  }
}
