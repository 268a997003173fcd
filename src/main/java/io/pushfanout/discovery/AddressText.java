package io.pushfanout.discovery;

import static java.util.regex.Pattern.DOTALL;

import io.pushfanout.model.NodeAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A parser of node addresses in the notations of registries: {@code host:port}, alone or in quotes,
 * behind the scheme of a gRPC target ({@code dns:///…}), in a URL ({@code grpc://…/path?query},
 * URL-encoded in a key), or behind the network of a socket ({@code tcp@…}).
 */
final class AddressText {
  /** Limit of {@code host:port} in characters; valid addresses are shorter. */
  static final int LONGEST_ADDRESS = 300;

  /** Limit of a URL in characters; its query may have a page of settings. */
  static final int LONGEST_URL = 16 * 1024;

  /** Schemes of gRPC servers; Dubbo's Triple is gRPC. */
  private static final Set<String> GRPC = Set.of("grpc", "grpcs", "tri");

  /** The scheme of a server of any protocol. */
  private static final String ANY = "tcp";

  /** Dubbo's own protocol is not gRPC; a port that accepts Triple too names it in the URL. */
  private static final Pattern DUBBO_WITH_TRIPLE =
      Pattern.compile(
          "dubbo://[^?]*\\?(?:.*&)?(?:ext\\.)?protocol=(?:[^&]*,)?tri(?:[,&].*)?", DOTALL);

  private static final Set<String> TCP = Set.of("tcp", "tcp4", "tcp6");

  private static final Set<String> NO_TCP =
      Set.of("udp", "udp4", "udp6", "quic", "kcp", "unix", "unixgram", "http", "ws", "wss", "memu");

  private static final Pattern URL =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]{0,20})://([^/?#]*)(?:[/?#].*)?", DOTALL);

  private static final Pattern ENCODED_URL =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]{0,20}%3[Aa](%2[Ff]){2}.*", DOTALL);

  /** The schemes of gRPC's name resolvers; an authority between slashes is a name server's. */
  private static final Pattern TARGET =
      Pattern.compile("(?:(?:dns|passthrough):(?://[^/]*/)?|ipv[46]:/{0,3})([^/].*:.*)");

  private static final Pattern NETWORK = Pattern.compile("([a-z][a-z0-9+]{0,15})@(.+)");

  private AddressText() {}

  /**
   * Reads an address in any of the forms.
   *
   * @throws IllegalArgumentException when the text is not an address; the message is one short line
   */
  static NodeAddress parse(String given) {
    String text = unquoted(given);
    if (text.length() <= LONGEST_URL && ENCODED_URL.matcher(text).matches()) {
      text = decoded(text);
    }
    if (text.length() > LONGEST_ADDRESS && !text.contains("://")) {
      throw tooLong(text);
    }
    Matcher network = NETWORK.matcher(text);
    if (!network.matches()) {
      return ofUrlOrTarget(text);
    }
    if (NO_TCP.contains(network.group(1))) {
      throw new IllegalArgumentException("the network is not tcp");
    }
    return plain(TCP.contains(network.group(1)) ? network.group(2) : text);
  }

  private static NodeAddress ofUrlOrTarget(String text) {
    if (text.length() > LONGEST_URL) {
      throw tooLong(text);
    }
    Matcher target = TARGET.matcher(text);
    if (target.matches()) {
      return plain(target.group(1));
    }
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      return plain(text);
    }
    // NodeAddress rejects the beginning of any other URL, and its message shows the scheme.
    return isOfAnyGrpc(text) && !url.group(2).isEmpty()
        ? plain(url.group(2))
        : NodeAddress.parse(text.substring(0, Math.min(text.length(), LONGEST_ADDRESS)));
  }

  private static NodeAddress plain(String text) {
    if (text.length() > LONGEST_ADDRESS) {
      throw tooLong(text);
    }
    return NodeAddress.parse(text);
  }

  private static IllegalArgumentException tooLong(String text) {
    return new IllegalArgumentException("not host:port: %d characters".formatted(text.length()));
  }

  private static String unquoted(String text) {
    boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
    return quoted ? text.substring(1, text.length() - 1).strip() : text;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not URL-encoded to its end", e);
    }
  }

  /** Returns whether a text is a URL of gRPC by its scheme. */
  static boolean isGrpc(String text) {
    return GRPC.contains(scheme(text)) || DUBBO_WITH_TRIPLE.matcher(text).matches();
  }

  /** Returns whether a text is a URL that may be of gRPC, or an address without a scheme. */
  static boolean mayBeGrpc(String text) {
    return !text.contains("://") || isOfAnyGrpc(text);
  }

  private static boolean isOfAnyGrpc(String url) {
    return isGrpc(url) || scheme(url).equals(ANY);
  }

  private static String scheme(String url) {
    return url.substring(0, Math.max(0, url.indexOf("://"))).toLowerCase(Locale.ROOT);
  }

  /** Returns whether a key's suffix names its network, so that its value may be metadata. */
  static boolean namesItsNetwork(String text) {
    return text.length() <= LONGEST_ADDRESS && NETWORK.matcher(text).matches();
  }
}
