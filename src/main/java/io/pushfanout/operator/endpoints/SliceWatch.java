package io.pushfanout.operator.endpoints;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.pushfanout.discovery.source.Availability.OutageListener;
import io.pushfanout.discovery.source.Backoff;
import io.pushfanout.discovery.source.DiscoveryThread;
import io.pushfanout.discovery.source.NodeDiscovery;
import io.pushfanout.discovery.source.RestartableTimer;
import io.pushfanout.discovery.source.SourceNodes;
import io.pushfanout.discovery.source.SourceWatch;
import io.pushfanout.model.Discovery;
import io.pushfanout.operator.ApiFailure;
import io.pushfanout.operator.endpoints.SliceApi.Listing;
import io.pushfanout.plan.Registrations.Trouble;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A watch over the EndpointSlices of one Service. It lists them, watches from there, and lists
 * again every 30 s in case the watch has stalled. After any failure it begins again after a
 * backoff; the nodes stay until then.
 *
 * <p>On discovery's thread alone, where the answers are handled too; an answer of an earlier
 * session is ignored.
 */
final class SliceWatch extends SourceWatch<Discovery.EndpointSlices> {
  private static final Duration RELIST = Duration.ofSeconds(30);

  /**
   * Time from which on a missing permission is one: during its start the API server forbids even
   * requests that it normally allows.
   */
  private static final Duration FORBIDDEN = Duration.ofSeconds(2);

  private final Discovery.EndpointSlices place;
  private final SliceApi api;
  private final Consumer<Runnable> requests;
  private final DiscoveryThread thread;
  private final RestartableTimer next;
  private final Backoff backoff;
  private final Map<String, EndpointSlice> slices = new HashMap<>();

  /** Number of the present session; answers of another one are ignored. */
  private int session;

  /** Number of events in this session. */
  private long events;

  private io.fabric8.kubernetes.client.@Nullable Watch watch;

  /** Nano time of the first refusal since the last answer; null without one. */
  private @Nullable Long forbiddenNanos;

  SliceWatch(
      Discovery.EndpointSlices place,
      SliceApi api,
      Consumer<Runnable> requests,
      DiscoveryThread thread,
      RandomGenerator random,
      OutageListener outages,
      NodeDiscovery.Listener listener) {
    super(new SourceNodes(place.source(), outages, thread.executor(), listener));
    this.place = place;
    this.api = api;
    this.requests = requests;
    this.thread = thread;
    this.next = new RestartableTimer(thread.executor());
    this.backoff = new Backoff(random);
  }

  @Override
  public void start() {
    int begun = ++session;
    request(
        begun,
        () -> {
          Listing listing = api.list(place);
          in(begun, () -> listed(listing));
          io.fabric8.kubernetes.client.Watch opened =
              api.watch(place, listing.version(), new Events(begun));
          thread.execute(
              () -> {
                if (begun == session) {
                  watching(opened);
                } else {
                  opened.close();
                }
              });
        });
  }

  private void listed(Listing listing) {
    forbiddenNanos = null;
    slices.clear();
    listing.slices().forEach(slice -> slices.put(slice.getMetadata().getUid(), slice));
    handOver();
  }

  private void watching(io.fabric8.kubernetes.client.Watch opened) {
    watch = opened;
    events = 0;
    backoff.reset();
    next.set(RELIST, this::check);
  }

  private void handOver() {
    nodes.found(EndpointNodes.of(slices.values(), place.port()));
  }

  /** Lists again, and begins anew when the watch has missed a change. */
  private void check() {
    int checked = session;
    long before = events;
    request(
        checked,
        () -> {
          Listing listing = api.list(place);
          in(
              checked,
              () -> {
                // A watch with events meanwhile is alive, and the list may be older than they are.
                if (events == before && !versions(listing.slices()).equals(versions())) {
                  closeWatch();
                  start();
                } else {
                  next.set(RELIST, this::check);
                }
              });
        });
  }

  private Map<String, String> versions() {
    return versions(List.copyOf(slices.values()));
  }

  private static Map<String, String> versions(List<EndpointSlice> of) {
    return of.stream()
        .map(EndpointSlice::getMetadata)
        .collect(Collectors.toMap(ObjectMeta::getUid, ObjectMeta::getResourceVersion));
  }

  private final class Events implements Watcher<EndpointSlice> {
    private final int watched;

    Events(int watched) {
      this.watched = watched;
    }

    @Override
    public void eventReceived(Action action, EndpointSlice slice) {
      in(watched, () -> changed(action, slice));
    }

    @Override
    public void onClose(WatcherException cause) {
      in(watched, () -> lost(cause));
    }
  }

  private void changed(Watcher.Action action, EndpointSlice slice) {
    events++;
    String uid = slice.getMetadata().getUid();
    switch (action) {
      case ADDED, MODIFIED -> slices.put(uid, slice);
      case DELETED -> slices.remove(uid);
      case BOOKMARK, ERROR -> {
        // Neither has a slice.
        return;
      }
    }
    handOver();
  }

  private void lost(Throwable failure) {
    session++;
    closeWatch();
    // First, so that another attempt follows even if the rest fails.
    next.set(backoff.next(), this::start);
    nodes.lost(new Trouble(isForbidden(failure), api.reason(failure)));
  }

  private boolean isForbidden(Throwable failure) {
    if (!ApiFailure.isForbidden(failure)) {
      return false;
    }
    long now = System.nanoTime();
    if (forbiddenNanos == null) {
      forbiddenNanos = now;
    }
    return now - forbiddenNanos >= FORBIDDEN.toNanos();
  }

  private void closeWatch() {
    io.fabric8.kubernetes.client.Watch closed = watch;
    watch = null;
    if (closed != null) {
      requests.accept(closed::close);
    }
  }

  /** Makes a request; its failure ends the session. */
  private void request(int of, Runnable request) {
    requests.accept(
        () -> {
          try {
            request.run();
          } catch (Throwable e) {
            in(of, () -> lost(e));
            api.failed(e);
          }
        });
  }

  /** Runs the task of an answer on discovery's thread, if its session is the present one. */
  private void in(int of, Runnable task) {
    thread.execute(
        () -> {
          if (of == session) {
            task.run();
          }
        });
  }

  @Override
  public void close() {
    session++;
    next.cancel();
    closeWatch();
    nodes.close();
  }
}
