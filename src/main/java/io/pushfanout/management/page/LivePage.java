package io.pushfanout.management.page;

import io.pushfanout.broadcast.Totals;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.json.ServerStatus;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * The live page: its files, its events and the history of its charts. {@link #close} ends the
 * streams, which would never end by themselves.
 */
public final class LivePage implements AutoCloseable {
  /** Path of the events. */
  public static final String EVENTS = "/api/v1/events";

  private static final String FILES = "/page/";

  private final Vertx vertx;
  private final PageFiles files = new PageFiles();
  private final EventStreams streams;
  private final long sampling;

  /**
   * Starts the history.
   *
   * @param workers threads that render
   * @param status read at each event, on a worker
   * @param readiness returns the line of {@code /readyz}
   */
  public LivePage(
      Vertx vertx,
      WorkerExecutor workers,
      Supplier<ServerStatus> status,
      Supplier<String> readiness,
      Totals totals,
      PageData data) {
    this.vertx = vertx;
    TrafficHistory history = new TrafficHistory(totals, System::nanoTime);
    this.streams =
        new EventStreams(
            vertx,
            workers,
            new PageFeed(
                status,
                readiness,
                totals,
                data,
                history,
                System::nanoTime,
                () -> System.currentTimeMillis() / 1000));
    RepeatedTask sample = new RepeatedTask("the history of the page", history::sample);
    this.sampling =
        vertx.setPeriodic(TrafficHistory.EVERY.toMillis(), _ -> onWorker(workers, sample));
  }

  private static void onWorker(WorkerExecutor workers, Runnable task) {
    Callable<Boolean> call =
        () -> {
          task.run();
          return true;
        };
    try {
      var _ = workers.executeBlocking(call, false);
    } catch (RejectedExecutionException _) {
      // The server is closed.
    }
  }

  /** Returns the handlers of the page's files but the page itself, by path. */
  public Map<String, Handler<HttpServerRequest>> files() {
    Map<String, Handler<HttpServerRequest>> handlers = new TreeMap<>();
    files.names().stream()
        .filter(name -> !name.equals(PageFiles.INDEX))
        .forEach(name -> handlers.put(FILES + name, request -> files.send(request, name)));
    return handlers;
  }

  /** Answers a request for the page itself, at any path without a folder. */
  public void page(HttpServerRequest request) {
    files.send(request, PageFiles.INDEX);
  }

  /** Answers a request for the events. */
  public void events(HttpServerRequest request) {
    streams.open(request);
  }

  /** Ends all streams and the history. */
  @Override
  public void close() {
    vertx.cancelTimer(sampling);
    streams.close();
  }
}
