package io.pushfanout.discovery.source;

import io.pushfanout.plan.Registrations.Trouble;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The contact with a registry for one source. It reports the loss and the return of contact to the
 * log and the listener, once each, and only losses that last.
 *
 * <p>On discovery's thread, but for {@link #problem} and {@link #hasFailed}.
 */
public final class Availability {
  /** Time after which a loss of contact is reported; the restart of one member is shorter. */
  public static final Duration UNREACHABLE_AFTER = Duration.ofSeconds(1);

  /** A listener to the outages of a registry, source by source. On discovery's thread. */
  public interface OutageListener {
    /** Receives a loss of contact that lasts, and each reason of a later attempt. */
    void unreachable(String source, Trouble why);

    /** Receives each refusal of the registry. */
    void refused(String source, String reason);

    /** Receives each answer of the registry. */
    void restored(String source);

    /** Ends the reports about a source. */
    void forget(String source);
  }

  private final String source;
  private final OutageListener outages;
  private final RegistrationPublisher handOver;

  /** Timer from the loss of contact until it counts as an outage. */
  private final RestartableTimer patience;

  private boolean unreachable;
  private @Nullable Trouble last;
  private volatile @Nullable String problem = "no answer yet";
  private volatile boolean failed;

  public Availability(
      String source,
      OutageListener outages,
      RegistrationPublisher handOver,
      ScheduledExecutorService thread) {
    this.source = source;
    this.outages = outages;
    this.handOver = handOver;
    this.patience = new RestartableTimer(thread);
  }

  /**
   * Returns why the registrations may be old, in one line; null when they are current. From any
   * thread.
   */
  public @Nullable String problem() {
    return problem;
  }

  /** Returns whether the last attempt failed. From any thread. */
  public boolean hasFailed() {
    return failed;
  }

  public void made() {
    failed = false;
    patience.cancel();
    unreachable = false;
    problem = null;
    outages.restored(source);
  }

  public void lost(Trouble failure) {
    failed = true;
    last = failure;
    problem = failure.reason();
    if (failure.refused()) {
      patience.cancel();
      outages.refused(source, failure.reason());
      handOver.lost(failure);
    } else if (unreachable) {
      outages.unreachable(source, failure);
      handOver.lost(failure);
    } else if (!patience.isSet()) {
      patience.set(UNREACHABLE_AFTER, this::becomesUnreachable);
    }
  }

  private void becomesUnreachable() {
    unreachable = true;
    Trouble failure = last;
    if (failure != null) {
      outages.unreachable(source, failure);
      handOver.lost(failure);
    }
  }

  public void close() {
    patience.cancel();
    outages.forget(source);
  }
}
