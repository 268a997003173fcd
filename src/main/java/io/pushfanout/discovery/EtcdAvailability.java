package io.pushfanout.discovery;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The contact with etcd for one service. It reports the loss and the return of contact to the log
 * and the listener, once each, and only losses that last.
 *
 * <p>On discovery's thread, but for {@link #problem} and {@link #hasFailed}.
 */
final class EtcdAvailability {
  /** Time after which a loss of contact is reported; the restart of one member is shorter. */
  static final Duration UNREACHABLE_AFTER = Duration.ofSeconds(1);

  private final String service;
  private final Outages outages;
  private final RegistrationPublisher handOver;

  /** Timer from the loss of contact until it counts as an outage. */
  private final RestartableTimer patience;

  private boolean unreachable;
  private @Nullable EtcdFailure last;
  private volatile @Nullable String problem = "no answer yet";
  private volatile boolean failed;

  EtcdAvailability(
      String service,
      Outages outages,
      RegistrationPublisher handOver,
      ScheduledExecutorService thread) {
    this.service = service;
    this.outages = outages;
    this.handOver = handOver;
    this.patience = new RestartableTimer(thread);
  }

  /**
   * Returns why the registrations may be old, in one line; null when they are current. From any
   * thread.
   */
  @Nullable String problem() {
    return problem;
  }

  /** Returns whether the last attempt failed. From any thread. */
  boolean hasFailed() {
    return failed;
  }

  void made() {
    failed = false;
    patience.cancel();
    unreachable = false;
    problem = null;
    outages.restored(service);
  }

  void lost(EtcdFailure failure) {
    failed = true;
    last = failure;
    problem = failure.reason();
    if (failure.refused()) {
      patience.cancel();
      outages.refused(service, failure.reason());
      handOver.lost(failure.trouble());
    } else if (unreachable) {
      outages.unreachable(service, failure);
      handOver.lost(failure.trouble());
    } else if (!patience.isSet()) {
      patience.set(UNREACHABLE_AFTER, this::becomesUnreachable);
    }
  }

  private void becomesUnreachable() {
    unreachable = true;
    EtcdFailure failure = last;
    if (failure != null) {
      outages.unreachable(service, failure);
      handOver.lost(failure.trouble());
    }
  }

  void close() {
    patience.cancel();
    outages.forget(service);
  }
}
