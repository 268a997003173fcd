package io.pushfanout.model;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A pattern of origins, whose pages may open WebSockets or broadcast. A browser sends {@code null}
 * for pages from files and in sandboxes; {@code null} must be listed literally.
 */
public sealed interface OriginPattern {

  /** Returns whether the pattern matches a page with this {@code Origin} header. */
  boolean matches(String origin);

  /** The pattern {@code *}: every page that has an origin. */
  record Any() implements OriginPattern {
    @Override
    public boolean matches(String origin) {
      return !origin.equals("null");
    }
  }

  /** An origin without a host, such as {@code null} and {@code file://}, compared literally. */
  record Opaque(String text) implements OriginPattern {
    @Override
    public boolean matches(String origin) {
      return origin.equals(text);
    }
  }

  /**
   * A scheme, a host, and a port.
   *
   * @param scheme in lower case
   * @param port -1 if the scheme has no default port
   */
  record Site(String scheme, HostPattern host, int port) implements OriginPattern {
    @Override
    public boolean matches(String origin) {
      URI page = site(origin);
      return page != null
          && scheme.equalsIgnoreCase(page.getScheme())
          && port == portOf(page)
          && host.matches(page.getHost());
    }
  }

  /**
   * @throws IllegalArgumentException when the text is not an origin; the message can follow an
   *     option's name
   */
  static OriginPattern parse(String text) {
    if (text.equals("*")) {
      return new Any();
    }
    if (text.equals("null") || text.equals("file://")) {
      return new Opaque(text);
    }
    // URI rejects a host name with a star, so the prefix "*." is removed for parsing.
    int star = text.indexOf("://*.");
    URI site = siteOf(star < 0 ? text : text.substring(0, star + 3) + text.substring(star + 5));
    if (site == null) {
      throw new IllegalArgumentException(
          "must be an origin such as https://app.example.com or https://*.example.com:8443, null,"
              + " or *, is \""
              + text
              + "\"");
    }
    HostPattern host = HostPattern.parse((star < 0 ? "" : "*.") + site.getHost());
    return new Site(site.getScheme().toLowerCase(Locale.ROOT), host, portOf(site));
  }

  /** Returns the text as a URI of scheme, host and port only; null if it has other parts. */
  private static @Nullable URI siteOf(String text) {
    try {
      URI uri = new URI(text);
      boolean more =
          uri.getRawUserInfo() != null
              || !uri.getRawPath().isEmpty()
              || uri.getRawQuery() != null
              || uri.getRawFragment() != null;
      return uri.getScheme() == null || uri.getHost() == null || more ? null : uri;
    } catch (URISyntaxException _) {
      return null;
    }
  }

  /**
   * Returns the {@code Origin} header as a URI with a host, or null; browsers send the text {@code
   * null} for a page without an origin.
   */
  static @Nullable URI site(String origin) {
    try {
      URI page = new URI(origin);
      return page.getHost() == null ? null : page;
    } catch (URISyntaxException _) {
      return null;
    }
  }

  /**
   * Returns whether a page with this {@code Origin} header was served by the host and port.
   *
   * @param port negative: the default one of the page's scheme
   */
  static boolean isOf(String origin, String host, int port) {
    URI page = site(origin);
    if (page == null) {
      return false;
    }
    // Browsers omit a scheme's default port in both headers.
    int schemePort = "https".equalsIgnoreCase(page.getScheme()) ? 443 : 80;
    return page.getHost().equalsIgnoreCase(host)
        && (page.getPort() < 0 ? schemePort : page.getPort()) == (port < 0 ? schemePort : port);
  }

  private static int portOf(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return switch (uri.getScheme().toLowerCase(Locale.ROOT)) {
      case "http" -> 80;
      case "https" -> 443;
      default -> -1;
    };
  }
}
