package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.discovery.source.NodeDiscovery;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A listener that records every hand-over of discovery, in order. */
public final class Found implements NodeDiscovery.Listener {
  /**
   * A generous limit, since other builds may use the machine. Tests print promised times for
   * review.
   */
  public static final Duration LIMIT = Duration.ofSeconds(20);

  private final List<Told> told = new ArrayList<>();
  private final List<String> forgotten = new ArrayList<>();
  private final Map<String, Trouble> unanswered = new HashMap<>();

  public record Told(String service, Registrations registrations, long atNanos) {}

  @Override
  public synchronized void registrations(String service, Registrations registrations) {
    told.add(new Told(service, registrations, System.nanoTime()));
    notifyAll();
  }

  @Override
  public synchronized void unanswered(String service, Trouble why) {
    unanswered.put(service, why);
  }

  /** Returns the last reported reason for a missing list. */
  public synchronized @Nullable Trouble unanswered(String service) {
    return unanswered.get(service);
  }

  @Override
  public synchronized void forgotten(String service) {
    forgotten.add(service);
  }

  public synchronized List<String> forgotten() {
    return List.copyOf(forgotten);
  }

  public synchronized List<Told> all(String service) {
    return told.stream().filter(t -> t.service().equals(service)).toList();
  }

  public Registrations last(String service) {
    return all(service).getLast().registrations();
  }

  /**
   * Returns the first hand-over that satisfies the condition, and waits for one if there is none
   * yet.
   */
  public synchronized Told first(String service, Predicate<Registrations> wanted) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    int seen = 0;
    while (true) {
      for (; seen < told.size(); seen++) {
        Told one = told.get(seen);
        if (one.service().equals(service) && wanted.test(one.registrations())) {
          return one;
        }
      }
      long left = deadline - System.nanoTime();
      assertThat(left).as("time left, with only these told: %s", told).isPositive();
      try {
        wait(left / 1_000_000 + 1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  /** Waits until the last hand-over of a service satisfies the condition. */
  public Registrations awaitLast(String service, Predicate<Registrations> wanted) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> !all(service).isEmpty() && wanted.test(last(service)));
    return last(service);
  }

  public Registrations awaitNodes(String service, Set<String> nodes) {
    return awaitNodes(service, nodes, LIMIT);
  }

  public Registrations awaitNodes(String service, Set<String> nodes, Duration limit) {
    await()
        .atMost(limit)
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(
            () -> {
              assertThat(all(service)).isNotEmpty();
              assertThat(names(last(service))).isEqualTo(new TreeSet<>(nodes));
            });
    return last(service);
  }

  public static Set<String> names(Registrations registrations) {
    return registrations.nodes().stream()
        .map(NodeAddress::toString)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
