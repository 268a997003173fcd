package io.pushfanout.node;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The subprotocols that a WebSocket handshake offers (RFC 6455, section 4.1), in the client's order
 * of preference. The node's frames are the same under each name, so the first one is selected: a
 * browser closes a socket whose offer stays unanswered.
 *
 * @param offered empty if the request has no such header
 */
record Subprotocols(List<String> offered) {
  static final String HEADER = "Sec-WebSocket-Protocol";

  /** A token of RFC 9110, section 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /**
   * Splitter of a list: only space and tab are blanks, and elements may be empty (section 5.6.1).
   */
  private static final Splitter LIST =
      Splitter.on(',').trimResults(CharMatcher.anyOf(" \t")).omitEmptyStrings();

  /**
   * @param headers the values of all headers of this name, which together form one list
   * @throws IllegalArgumentException when a header is present and is not a list of different
   *     tokens; the message is a sentence for the client
   */
  static Subprotocols parse(List<String> headers) {
    List<String> offered = new ArrayList<>();
    for (String header : headers) {
      for (String token : LIST.split(header)) {
        offered.add(checked(token));
      }
    }
    if (offered.isEmpty() && !headers.isEmpty()) {
      throw new IllegalArgumentException(HEADER + " names no subprotocol.");
    }
    if (new HashSet<>(offered).size() < offered.size()) {
      throw new IllegalArgumentException(HEADER + " names a subprotocol twice.");
    }
    return new Subprotocols(List.copyOf(offered));
  }

  private static String checked(String token) {
    if (!TOKEN.matcher(token).matches()) {
      throw new IllegalArgumentException(
          HEADER + " has a subprotocol with a character that no token may have.");
    }
    return token;
  }
}
