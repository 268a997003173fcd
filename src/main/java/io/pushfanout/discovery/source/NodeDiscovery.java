package io.pushfanout.discovery.source;

import io.pushfanout.concurrent.Attempts;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A discovery of the nodes of any number of sources, such as the services of an etcd. It has one
 * watch for each source and reports every change to a listener.
 *
 * <p>All work runs on one thread of its own, the listener included. No method makes its caller wait
 * but {@link #close}.
 *
 * @param <T> the place of a source in its registry
 */
public abstract class NodeDiscovery<T> implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /**
   * A listener to the nodes of sources. It runs on discovery's thread and delays all other sources.
   * An exception from it is logged, and the call is repeated.
   */
  public interface Listener {
    /**
     * Receives the present nodes of a source.
     *
     * @param source the source's name, one of those that were set last
     */
    void registrations(String source, Registrations registrations);

    /**
     * Reports that the registry has given no list of a source yet.
     *
     * @param why the present reason; another reason follows some seconds later
     */
    void unanswered(String source, Trouble why);

    /**
     * Reports that a source is no longer in the set, so its nodes are not kept up to date. They are
     * reported again when the source returns. {@link #close} does not call this.
     */
    void forgotten(String source);
  }

  private final Listener listener;
  private final DiscoveryThread thread;
  private final Map<String, Watch<T>> watches = new ConcurrentHashMap<>();
  private volatile Map<String, T> wanted = Map.of();

  protected NodeDiscovery(String threadName, Listener listener) {
    this.listener = listener;
    this.thread = new DiscoveryThread(threadName);
  }

  /** Returns the thread of all watches. */
  protected final DiscoveryThread thread() {
    return thread;
  }

  protected final Listener listener() {
    return listener;
  }

  /** Makes the watch over a source; its start follows. On discovery's thread. */
  protected abstract Watch<T> watch(String source, T place);

  /**
   * Replaces the set of sources; of several sets in short order the last wins. A source that stays
   * is not disturbed; for a removed one, only {@code forgotten} follows.
   *
   * @param sources the sources by their names
   */
  public final void serve(Map<String, T> sources) {
    wanted = Map.copyOf(sources);
    thread.execute(this::startAndStop);
  }

  private void startAndStop() {
    Map<String, T> sources = wanted;
    Attempts each = new Attempts();
    for (String gone : difference(watches.keySet(), sources.keySet())) {
      each.attempt(() -> end(gone));
      each.attempt(() -> listener.forgotten(gone));
    }
    sources.forEach((source, place) -> each.attempt(() -> beginOrMove(source, place)));
    each.end();
  }

  private void beginOrMove(String source, T place) {
    Watch<T> present = watches.get(source);
    if (present != null) {
      present.move(place);
      return;
    }
    Watch<T> begun = watch(source, place);
    watches.put(source, begun);
    begun.start();
  }

  private void end(String source) {
    Watch<T> ended = watches.remove(source);
    if (ended != null) {
      ended.close();
    }
  }

  private void endAll() {
    Attempts each = new Attempts();
    Set.copyOf(watches.keySet()).forEach(source -> each.attempt(() -> end(source)));
    each.end();
  }

  private static Set<String> difference(Set<String> some, Set<String> others) {
    Set<String> rest = new HashSet<>(some);
    rest.removeAll(others);
    return rest;
  }

  /**
   * Returns whether the registry has answered once for a source, with a list; stays true as long as
   * the source is in the set. From any thread.
   */
  public final boolean answered(String source) {
    Watch<T> watch = watches.get(source);
    return watch != null && watch.answered();
  }

  /** Returns why the nodes of a source may be old, in one line; from any thread. */
  public final Optional<String> problem(String source) {
    Watch<T> watch = watches.get(source);
    @Nullable String problem = watch == null ? null : watch.problem();
    return Optional.ofNullable(problem);
  }

  /** Returns whether the last attempt to read a source failed; from any thread. */
  public final boolean hasFailed(String source) {
    Watch<T> watch = watches.get(source);
    return watch != null && watch.hasFailed();
  }

  /**
   * Returns whether a source without an answer should hold up the start no longer; from any thread.
   */
  public final boolean hasGivenUp(String source) {
    Watch<T> watch = watches.get(source);
    return watch != null && watch.hasGivenUp();
  }

  /**
   * Ends all watches. The listener is not called after the return, which is within a bounded time.
   */
  @Override
  public void close() {
    thread.execute(this::endAll);
    thread.executor().shutdown();
    thread.awaitEnd(CLOSE_TIMEOUT);
  }
}
