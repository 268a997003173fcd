package io.pushfanout.operator.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An HTTP proxy in front of the API server.
 *
 * @param uri address with port
 * @param from variable or field that names the proxy
 */
record HttpProxy(URI uri, String from) {
  private static final int DEFAULT_PORT = 80;

  /**
   * Returns the proxy of the environment for this server; empty if there is none, or if {@code
   * NO_PROXY} covers the server.
   *
   * @throws ClusterException when the proxy is malformed or of an unsupported kind
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

  /** Returns the name of the variable that is set, in upper or lower case. */
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
   * Parses the address of a proxy.
   *
   * @param text {@code http://host:port}; scheme and port are optional
   * @param from source for messages; messages never contain the text, which may have a password
   * @throws ClusterException when the address is malformed or of an unsupported kind
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
        // The JDK's HTTP client leaves credentials out of the CONNECT request.
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

  /** Returns the proxy and its source, for messages. */
  @Override
  public String toString() {
    return "the proxy %s (%s)".formatted(uri, from);
  }

  /** Returns the URL for the configuration of the client. */
  String url() {
    return uri.toString();
  }
}
