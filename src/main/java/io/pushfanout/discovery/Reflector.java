package io.pushfanout.discovery;

import io.pushfanout.concurrent.FailureLog;
import io.pushfanout.discovery.Registry.Change;
import io.pushfanout.discovery.Registry.Listing;
import io.pushfanout.discovery.source.Availability;
import io.pushfanout.discovery.source.Backoff;
import io.pushfanout.discovery.source.MalformedLog;
import io.pushfanout.discovery.source.RegistrationPublisher;
import io.pushfanout.discovery.source.RestartableTimer;
import io.pushfanout.discovery.source.Watch;
import io.pushfanout.model.EtcdPrefix;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch over one service's registrations. It lists them at a revision, watches from the next, and
 * lists again every 30 s in case the watch has stalled. After any failure it begins again with a
 * new session after a backoff; the registrations stay until then.
 *
 * <p>On discovery's thread alone, where the sessions' answers are handled too; an answer of an
 * earlier session is ignored.
 */
final class Reflector implements Watch<String> {
  private static final Logger log = LoggerFactory.getLogger(Reflector.class);

  static final Duration RELIST = Duration.ofSeconds(30);

  private static final Duration WATCH_TIMEOUT = Duration.ofSeconds(5);

  private final String service;
  private final Registry registry;
  private final ScheduledExecutorService thread;
  private final RegistrationSet registrations;
  private final RegistrationPublisher handOver;
  private final Availability contact;
  private final Backoff backoff;
  private final FailureLog failures;
  private final MalformedLog malformedLog = new MalformedLog();

  /**
   * Timer between sessions of the next attempt; in a session of the watch's start, then of the
   * re-list.
   */
  private final RestartableTimer next;

  private @Nullable Session session;

  /** Whether the session's watch has begun. */
  private boolean watching;

  Reflector(
      String service,
      Registry registry,
      ScheduledExecutorService thread,
      RandomGenerator random,
      Outages outages,
      Consumer<Registrations> listener,
      Consumer<Trouble> unanswered) {
    this.service = service;
    this.failures = new FailureLog("the watch over the registrations of " + service);
    this.registry = registry;
    this.thread = thread;
    this.registrations = new RegistrationSet(EtcdPrefix.of(service));
    this.handOver =
        new RegistrationPublisher(
            registrations::handOver,
            thread,
            found -> {
              malformedLog.show(found.malformed());
              listener.accept(found);
            },
            unanswered);
    this.contact = new Availability(service, outages, handOver, thread);
    this.backoff = new Backoff(random);
    this.next = new RestartableTimer(thread);
  }

  @Override
  public boolean answered() {
    return handOver.answered();
  }

  @Override
  public @Nullable String problem() {
    return contact.problem();
  }

  @Override
  public boolean hasFailed() {
    return contact.hasFailed();
  }

  @Override
  public void start() {
    try {
      Session opened = registry.open();
      session = opened;
      opened.end().thenAccept(why -> in(opened, () -> lost(why)));
      list(opened);
      failures.succeeded();
    } catch (RuntimeException e) {
      lost(e);
    } catch (Error e) {
      failures.failed(e);
      lost(e);
    }
  }

  private void list(Session current) {
    registrations.listingBegins();
    current
        .list()
        .whenComplete(
            (listing, failure) ->
                in(
                    current,
                    () -> {
                      if (failure != null) {
                        lost(failure);
                      } else {
                        listed(current, listing);
                      }
                    }));
  }

  private void listed(Session current, Listing listing) {
    boolean relisted = watching;
    boolean news = registrations.listed(listing);
    contact.made();
    handOver.listed(news);
    if (relisted && news) {
      // The watch should have delivered this news, unless it arrives at this very moment.
      log.debug("a listing of {} had news, so its watch restarts", service);
      endSession();
      start();
    } else if (relisted) {
      relistLater(current);
    } else {
      next.set(WATCH_TIMEOUT, () -> lost(new TimeoutException()));
      current.watch(listing.revision() + 1, new Changes(current));
    }
  }

  private void relistLater(Session watched) {
    next.set(RELIST, () -> orLost(() -> list(watched)));
  }

  private final class Changes implements Session.Watcher {
    private final Session watched;

    Changes(Session watched) {
      this.watched = watched;
    }

    @Override
    public void created() {
      in(
          watched,
          () -> {
            if (!watching) {
              watching = true;
              backoff.reset();
              relistLater(watched);
            }
          });
    }

    @Override
    public void changed(List<Change> changes) {
      in(
          watched,
          () -> {
            if (registrations.changed(changes)) {
              handOver.changed();
            }
          });
    }
  }

  private void lost(Throwable thrown) {
    EtcdFailure failure = EtcdFailure.of(thrown);
    Session ended = takeSession();
    // First, so that another attempt follows even if the rest fails.
    next.set(failure.refused() ? backoff.nextAfterRefusal() : backoff.next(), this::start);
    contact.lost(failure.trouble());
    log.debug("{}: {}", service, failure.reason());
    if (ended != null) {
      ended.close();
    }
  }

  private void endSession() {
    Session ended = takeSession();
    if (ended != null) {
      ended.close();
    }
  }

  private @Nullable Session takeSession() {
    Session ended = session;
    session = null;
    watching = false;
    next.cancel();
    return ended;
  }

  /** Runs a task; a failure of this side ends the session like a failure of etcd. */
  private void orLost(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      failures.failed(e);
      lost(e);
    }
  }

  /**
   * Runs the task of a session's answer on discovery's thread, if the session is the present one.
   */
  private void in(Session answering, Runnable task) {
    try {
      thread.execute(
          () -> {
            if (answering.equals(session)) {
              orLost(task);
            }
          });
    } catch (RejectedExecutionException _) {
      // Closed: no caller waits for the result.
    }
  }

  @Override
  public void close() {
    contact.close();
    handOver.close();
    endSession();
  }
}
