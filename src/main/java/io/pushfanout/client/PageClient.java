package io.pushfanout.client;

import io.pushfanout.text.Causes;
import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.Printable;
import io.pushfanout.tls.HandshakeFailure;
import io.pushfanout.tls.ReloadingTlsContext;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP client for the pages of a running server. Every failure is an {@link IOException} whose
 * message is one line that names the server.
 */
final class PageClient implements AutoCloseable {
  /**
   * Maximum bytes of a page: a status of about 200,000 nodes. A foreign server's page may be
   * endless.
   */
  private static final long LARGEST = 64L << 20;

  private static final int MAX_CHARS = 300;

  private final ServerUrl server;
  private final Duration timeout;
  private final HttpClient http;

  /**
   * @param tls for an https URL; null: the JDK's trust store
   * @param timeout for one response, from dialling to its last byte
   */
  PageClient(ServerUrl server, @Nullable ReloadingTlsContext tls, Duration timeout) {
    this.server = server;
    this.timeout = timeout;
    HttpClient.Builder client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    if (tls != null) {
      client.sslContext(tls.clientContext());
    }
    this.http = client.build();
  }

  /**
   * @param path such as {@code /metrics}
   * @param accept the requested media type
   */
  String get(String path, String accept) throws IOException, InterruptedException {
    HttpResponse<String> response = send(server.page(path), accept);
    int code = response.statusCode();
    if (code != 200) {
      throw new IOException(
          "%s answered %d to GET %s%s"
              .formatted(
                  server,
                  code,
                  server.page(path).getPath(),
                  code == 421 ? "; it answers to this name with --allow-host" : ""));
    }
    return response.body();
  }

  /**
   * Returns a page; empty if the response has another status code.
   *
   * @param wanted accepted status codes
   */
  String find(String path, String accept, Set<Integer> wanted)
      throws IOException, InterruptedException {
    HttpResponse<String> response = send(server.page(path), accept);
    return wanted.contains(response.statusCode()) ? response.body() : "";
  }

  private HttpResponse<String> send(URI page, String accept)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(page).header("Accept", accept).build();
    // A request's own timeout ends with the headers; this one also covers a body that trickles.
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofString(), LARGEST));
    try {
      return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Optional<String> handshake = HandshakeFailure.why(e);
      if (handshake.isPresent()) {
        throw new IOException("cannot reach %s: %s".formatted(server, handshake.get()), e);
      }
      if (isNoHttp(e)) {
        throw new IOException(server + " does not speak HTTP; is this the other port?", e);
      }
      if (isClosedWithoutReply(e)) {
        String hint = server.isTls() ? "is this the other port?" : "does it speak TLS (https)?";
        throw new IOException(server + " closed the connection without an answer; " + hint, e);
      }
      throw new IOException("cannot reach %s: %s".formatted(server, why(e.getCause())), e);
    } catch (TimeoutException e) {
      throw new IOException(
          "cannot reach %s: no answer in %s".formatted(server, DurationFormat.format(timeout)), e);
    } finally {
      answer.cancel(true);
    }
  }

  /**
   * Returns whether the peer is not an HTTP server. The JDK's client has no exception type for this
   * case, and its message quotes the received bytes.
   */
  private static boolean isNoHttp(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (cause instanceof ProtocolException
          || (message != null && message.startsWith("parsing HTTP/1.1 status line"))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns whether the peer closed the connection without a response, another case without an
   * exception type.
   */
  private static boolean isClosedWithoutReply(Throwable failure) {
    if (HandshakeFailure.isBrokenOff(failure)) {
      return true;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).contains("header parser received no bytes")) {
        return true;
      }
    }
    return false;
  }

  /** Returns the reason of a failure; exceptions of the JDK's client often have no message. */
  private static String why(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "unknown host";
      }
      String message = Causes.message(cause);
      if (message != null && !(cause instanceof ExecutionException)) {
        return Printable.line(message, MAX_CHARS);
      }
    }
    return switch (failure) {
      case ConnectException _ -> "connection refused";
      case HttpTimeoutException _ -> "no answer in time";
      case null, default -> "connection lost";
    };
  }

  /** Cancels pending requests. */
  @Override
  public void close() {
    http.shutdownNow();
  }
}
