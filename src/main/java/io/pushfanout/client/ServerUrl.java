package io.pushfanout.client;

import io.pushfanout.model.Printable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/** Where a running server's HTTP is, such as {@code http://127.0.0.1:8080}. */
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
      // the same answer as for other text that is no such URL
    }
    throw new IllegalArgumentException(
        "must be a URL such as http://127.0.0.1:8080, is \""
            + Printable.line(text, MAX_SHOWN)
            + '"');
  }

  /** Whether it is reached by TLS. */
  public boolean isTls() {
    return "https".equals(uri.getScheme());
  }

  /** A page of the server's, below the path that the URL may have. */
  URI page(String path) {
    return URI.create(uri.toString().replaceFirst("/+$", "") + path);
  }

  /** As it was written, safe to print. */
  @Override
  public String toString() {
    return Printable.line(uri.toString(), MAX_SHOWN);
  }
}
