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
 * Goes over all resources again and again, some at a time: a round that takes long stops, so that
 * Leases are renewed in time, and the next one goes on from there. One resource that cannot be
 * written keeps no other waiting. For one thread.
 */
final class Rounds {
  /** Well below what a Lease may stand still. */
  private static final Duration BUDGET = Duration.ofSeconds(2);

  private final LongSupplier nanoClock;
  private final Duration budget;

  /** Where a round stopped; null after one that went over all. */
  private @Nullable FanoutName next;

  Rounds(LongSupplier nanoClock) {
    this(nanoClock, BUDGET);
  }

  /**
   * @param budget after which a round stops
   */
  Rounds(LongSupplier nanoClock, Duration budget) {
    this.nanoClock = nanoClock;
    this.budget = budget;
  }

  /**
   * Does this to the resources whose turn it is.
   *
   * @param resources in the order of their names
   * @throws RuntimeException or an Error, the first failure, at the end; at once where nobody
   *     answered
   */
  void go(List<KnownResource> resources, Consumer<KnownResource> work) {
    long begun = nanoClock.getAsLong();
    Attempts each = new Attempts();
    FanoutName stoppedAt = null;
    for (KnownResource resource : fromWhereItStopped(resources)) {
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

  private List<KnownResource> fromWhereItStopped(List<KnownResource> resources) {
    FanoutName from = next;
    if (from == null) {
      return resources;
    }
    List<KnownResource> rotated = new ArrayList<>(resources.size());
    resources.stream().filter(r -> r.name().compareTo(from) >= 0).forEach(rotated::add);
    resources.stream().filter(r -> r.name().compareTo(from) < 0).forEach(rotated::add);
    return rotated;
  }
}
