package io.pushfanout.management;

import io.pushfanout.concurrent.LogLimit;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages by path, complete before the first request. */
final class Pages implements Handler<HttpServerRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(Pages.class);

  private final Vertx vertx;
  private final WorkerExecutor renderers;
  private final AnswerWriter writer;
  private final HostCheck hosts;
  private final @Nullable Handler<HttpServerRequest> otherwise;
  private final LogLimit failures = new LogLimit(10, System::nanoTime);
  private final TreeMap<String, Page> byPath = new TreeMap<>();
  private final Map<String, Endpoint> endpoints = new TreeMap<>();

  /**
   * A page.
   *
   * @param forAnyHost whether the page ignores the request's host
   * @param isListed whether the answer to an unknown path names it
   */
  private record Page(boolean forAnyHost, boolean isListed, Handler<HttpServerRequest> handler) {}

  /**
   * A page that may take long to render.
   *
   * @param <F> the forms of the page: a few values, each equal to itself only
   */
  interface Rendering<F> {
    Answer answer(F form) throws Exception;
  }

  /**
   * @param hosts check for rendered pages and for 404 responses
   * @param otherwise gets the requests for other paths, whatever their host; null answers them with
   *     404
   */
  Pages(
      Vertx vertx,
      WorkerExecutor renderers,
      AnswerWriter writer,
      HostCheck hosts,
      @Nullable Handler<HttpServerRequest> otherwise) {
    this.vertx = vertx;
    this.renderers = renderers;
    this.writer = writer;
    this.hosts = hosts;
    this.otherwise = otherwise;
  }

  /** Adds a page that is answered at once, on the event loop, for every client and host name. */
  Pages instant(String path, Supplier<Answer> page) {
    byPath.put(path, new Page(true, true, answers(_ -> Future.succeededFuture(page.get()))));
    return this;
  }

  /**
   * Adds a page that a worker renders. Workers take pages in no fixed order, so that no client
   * waits for another page.
   *
   * @param form returns the form of the response for an {@code Accept} header
   */
  <F> Pages rendered(String path, Function<@Nullable String, F> form, Rendering<F> page) {
    Map<F, SharedRendering> byForm = new ConcurrentHashMap<>();
    byPath.put(
        path,
        new Page(
            false,
            true,
            answers(
                accept ->
                    Future.fromCompletionStage(
                        byForm
                            .computeIfAbsent(
                                form.apply(accept),
                                key ->
                                    new SharedRendering(vertx, renderers, () -> page.answer(key)))
                            .answer(),
                        vertx.getOrCreateContext()))));
    return this;
  }

  /** Adds a page that is answered at once, by the request's query. */
  Pages queried(String path, Function<HttpServerRequest, Answer> page) {
    byPath.put(path, new Page(false, true, request -> send(request, page.apply(request))));
    return this;
  }

  /** Adds a page that handles its requests itself. */
  Pages endpoint(String path, Endpoint page) {
    endpoints.put(path, page);
    return this;
  }

  /** Adds a page that answers by itself, on the event loop. */
  Pages handled(String path, Handler<HttpServerRequest> handler) {
    byPath.put(path, new Page(false, true, handler));
    return this;
  }

  /** Adds parts of a page, which answer by themselves, on the event loop. */
  Pages parts(Map<String, Handler<HttpServerRequest>> handlers) {
    handlers.forEach((path, handler) -> byPath.put(path, new Page(false, false, handler)));
    return this;
  }

  private Handler<HttpServerRequest> answers(Function<@Nullable String, Future<Answer>> answers) {
    return request ->
        Future.succeededFuture(accept(request))
            .compose(answers)
            .onComplete(
                answer -> send(request, answer),
                failure -> {
                  failures.write(
                      note -> LOG.error("cannot answer {}{}", request.path(), note, failure));
                  send(request, Answer.line(500, "internal error; the server's log has it"));
                });
  }

  @Override
  public void handle(HttpServerRequest request) {
    String path = request.path();
    Endpoint endpoint = path == null ? null : endpoints.get(path);
    if (endpoint != null) {
      endpoint.handle(request, answer -> send(request, answer));
      return;
    }
    Page page = path == null ? null : byPath.get(path);
    if (page == null && otherwise != null) {
      otherwise.handle(request);
      return;
    }
    Answer refusal = page != null && page.forAnyHost() ? null : hosts.refusal(request);
    if (refusal != null) {
      send(request, refusal);
    } else if (page == null) {
      send(request, Answer.line(404, "not found; there are " + listed()));
    } else if (!isRead(request.method())) {
      request.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
      send(request, Answer.line(405, "only GET and HEAD"));
    } else {
      page.handler().handle(request);
    }
  }

  private String listed() {
    Stream<String> pages =
        byPath.entrySet().stream()
            .filter(entry -> entry.getValue().isListed())
            .map(Map.Entry::getKey);
    return Stream.concat(pages, endpoints.keySet().stream())
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** Returns all lines of the header as one, which is equivalent (RFC 9110, section 5.2). */
  private static @Nullable String accept(HttpServerRequest request) {
    List<String> lines = request.headers().getAll(HttpHeaders.ACCEPT);
    return lines.isEmpty() ? null : String.join(",", lines);
  }

  private static boolean isRead(HttpMethod method) {
    return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
  }

  private void send(HttpServerRequest request, Answer answer) {
    HttpServerResponse response = request.response();
    if (response.closed()) {
      return; // the client disconnected during the rendering
    }
    response
        .setStatusCode(answer.status())
        .putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType())
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader("X-Content-Type-Options", "nosniff")
        // HEAD needs an explicit length: Vert.x omits the body and would send 0.
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(answer.body().length()));
    answer.headers().forEach(response::putHeader);
    writer.write(request, answer);
  }
}
