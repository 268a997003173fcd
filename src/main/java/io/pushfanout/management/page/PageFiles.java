package io.pushfanout.management.page;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of the page, from the class path, each read at its first request: a start has no use
 * for them. A browser keeps them and validates them by their tag at each use, so that a new version
 * is seen at once.
 *
 * <p>The policy lets the page load its own files and nothing else: no code runs that came with a
 * message, a node's name or a reason.
 */
final class PageFiles {
  static final String INDEX = "index.html";

  static final String SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
          + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final List<String> NAMES =
      List.of(
          INDEX,
          "page.css",
          "page.js",
          "events.js",
          "fanouts.js",
          "nodes.js",
          "charts.js",
          "send.js",
          "text.js",
          "icon.svg");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private final Map<String, PageFile> files = new ConcurrentHashMap<>();

  private record PageFile(Buffer body, String type, String tag) {}

  private static PageFile load(String name) {
    try (InputStream resource = PageFiles.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new IllegalStateException(name + " is missing from the class path");
      }
      byte[] body = resource.readAllBytes();
      String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
      return new PageFile(Buffer.buffer(body), Objects.requireNonNull(type), tag(body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tag(byte[] body) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
      return '"' + HexFormat.of().formatHex(hash, 0, 12) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  List<String> names() {
    return NAMES;
  }

  /** Sends a file, or 304 for a client that has it. */
  void send(HttpServerRequest request, String name) {
    PageFile file = files.computeIfAbsent(name, PageFiles::load);
    HttpServerResponse response =
        request
            .response()
            .putHeader(HttpHeaders.ETAG, file.tag())
            .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    setSecurityHeaders(response);
    if (hasIt(request.getHeader(HttpHeaders.IF_NONE_MATCH), file.tag())) {
      response.setStatusCode(304).end();
      return;
    }
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, file.type())
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(file.body().length()));
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(file.body());
    }
  }

  private static boolean hasIt(@Nullable String tags, String tag) {
    return tags != null && (tags.strip().equals("*") || tags.contains(tag));
  }

  static void setSecurityHeaders(HttpServerResponse response) {
    response
        .putHeader("Content-Security-Policy", SECURITY_POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin");
  }
}
