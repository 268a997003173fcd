package io.pushfanout.operator;

import io.pushfanout.concurrent.Attempts;
import io.pushfanout.model.FanoutName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A repeated round over all resources within a time budget. A long round stops, so that Leases are
 * renewed in time, and the next one continues at its place. A resource that cannot be written does
 * not delay the others. For one thread.
 */
final class TimeBoxedScan {
  /** Time budget of a round, well below the time that a Lease may stand still. */
  private static final Duration BUDGET = Duration.ofSeconds(2);

  private final LongSupplier nanoClock;
  private final Duration budget;

  /** The resource where the last round stopped; null after a full round. */
  private @Nullable FanoutName next;

  TimeBoxedScan(LongSupplier nanoClock) {
    this(nanoClock, BUDGET);
  }

  /**
   * @param budget time after which a round stops
   */
  TimeBoxedScan(LongSupplier nanoClock, Duration budget) {
    this.nanoClock = nanoClock;
    this.budget = budget;
  }

  /**
   * Runs the work for the resources that are due.
   *
   * @param resources in the order of their names
   * @throws RuntimeException or an Error: the first failure, at the end; at once when the API
   *     server does not answer
   */
  void go(List<TrackedResource> resources, Consumer<TrackedResource> work) {
    long begun = nanoClock.getAsLong();
    Attempts each = new Attempts();
    FanoutName stoppedAt = null;
    for (TrackedResource resource : fromWhereItStopped(resources)) {
      if (nanoClock.getAsLong() - begun > budget.toNanos()) {
        stoppedAt = resource.name();
        break;
      }
      try {
        work.accept(resource);
      } catch (RuntimeException | Error e) {
        if (ApiFailure.isNoAnswer(e)) {
          next = resource.name();
          throw e;
        }
        each.failed(e);
      }
    }
    next = stoppedAt;
    each.end();
  }

  private List<TrackedResource> fromWhereItStopped(List<TrackedResource> resources) {
    FanoutName from = next;
    if (from == null) {
      return resources;
    }
    List<TrackedResource> rotated = new ArrayList<>(resources.size());
    resources.stream().filter(r -> r.name().compareTo(from) >= 0).forEach(rotated::add);
    resources.stream().filter(r -> r.name().compareTo(from) < 0).forEach(rotated::add);
    return rotated;
  }
}
