package io.pushfanout.operator.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An HTTP proxy before the API server.
 *
 * @param uri with its port
 * @param from the variable or the field that names it
 */
record HttpProxy(URI uri, String from) {
  private static final int DEFAULT_PORT = 80;

  /**
   * The one that the environment has for this server; empty where there is none, or where {@code
   * NO_PROXY} covers the server.
   *
   * @throws ClusterException where it is of a kind that cannot be used
   */
  static Optional<HttpProxy> of(URI server, Map<String, String> environment) {
    String scheme = String.valueOf(server.getScheme()).toLowerCase(Locale.ROOT);
    Optional<String> none = first(environment, "NO_PROXY").map(environment::get);
    if (none.isPresent() && NoProxy.parse(none.get()).covers(server.getHost(), port(server))) {
      return Optional.empty();
    }
    return first(environment, scheme.toUpperCase(Locale.ROOT) + "_PROXY")
        .or(() -> first(environment, "ALL_PROXY"))
        .map(variable -> parse(environment.getOrDefault(variable, ""), variable));
  }

  /** The name of the variable that is set, which many have in lower case. */
  private static Optional<String> first(Map<String, String> environment, String variable) {
    return Stream.of(variable, variable.toLowerCase(Locale.ROOT))
        .filter(name -> !environment.getOrDefault(name, "").isBlank())
        .findFirst();
  }

  private static int port(URI server) {
    if (server.getPort() >= 0) {
      return server.getPort();
    }
    return "https".equalsIgnoreCase(server.getScheme()) ? 443 : DEFAULT_PORT;
  }

  /**
   * @param text {@code http://host:port}; scheme and port may be left out
   * @param from for messages, in which the text is never, for it may hold a password
   * @throws ClusterException where it is of another form or kind
   */
  static HttpProxy parse(String text, String from) {
    String plain = text.strip();
    try {
      URI uri = new URI(plain.contains("://") ? plain : "http://" + plain);
      String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
      if (!scheme.equals("http")) {
        throw new ClusterException(
            "%s: a proxy of scheme %s is not supported, one of http is".formatted(from, scheme));
      }
      if (uri.getHost() == null) {
        throw malformed(from);
      }
      if (uri.getUserInfo() != null) {
        // The JDK's HTTP client leaves them out of the request that opens a tunnel.
        throw new ClusterException(from + ": a proxy with user and password is not supported");
      }
      int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
      return new HttpProxy(new URI(scheme, null, uri.getHost(), port, null, null, null), from);
    } catch (URISyntaxException _) {
      throw malformed(from);
    }
  }

  private static ClusterException malformed(String from) {
    return new ClusterException(from + ": a proxy must be http://host:port");
  }

  /** For messages. */
  @Override
  public String toString() {
    return "the proxy %s (%s)".formatted(uri, from);
  }

  /** What the client's configuration takes. */
  String url() {
    return uri.toString();
  }
}
