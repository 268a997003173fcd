package io.pushfanout.client;

import io.pushfanout.text.Printable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/** The base URL of a running server's HTTP port, such as {@code http://127.0.0.1:8080}. */
public final class ServerUrl {
  private static final Set<String> SCHEMES = Set.of("http", "https");
  private static final int MAX_SHOWN = 300;

  private final URI uri;

  private ServerUrl(URI uri) {
    this.uri = uri;
  }

  /**
   * @throws IllegalArgumentException when the text is no such URL; the message can follow an
   *     option's name
   */
  public static ServerUrl parse(String text) {
    try {
      URI uri = new URI(text);
      if (uri.getScheme() != null
          && SCHEMES.contains(uri.getScheme())
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getQuery() == null
          && uri.getFragment() == null) {
        return new ServerUrl(uri);
      }
    } catch (URISyntaxException _) {
      // reported like any other text that is not such a URL
    }
    throw new IllegalArgumentException(
        "must be a URL such as http://127.0.0.1:8080, is \""
            + Printable.line(text, MAX_SHOWN)
            + '"');
  }

  /** Returns whether the URL uses TLS. */
  public boolean isTls() {
    return "https".equals(uri.getScheme());
  }

  /** Returns the URL of a page, below the path that the base URL may have. */
  URI page(String path) {
    return URI.create(uri.toString().replaceFirst("/+$", "") + path);
  }

  /** Returns the URL as given, safe to print. */
  @Override
  public String toString() {
    return Printable.line(uri.toString(), MAX_SHOWN);
  }
}
