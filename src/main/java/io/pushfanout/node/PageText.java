package io.pushfanout.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The page's HTML with its Content-Security-Policy. The policy lists the hashes of the page's one
 * script and one style: no other code runs, regardless of the messages' content.
 */
record PageText(String html, String securityPolicy) {

  static PageText load() {
    try (InputStream resource = PageText.class.getResourceAsStream("watch.html")) {
      if (resource == null) {
        throw new IllegalStateException("watch.html is missing from the class path");
      }
      String html = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
      return new PageText(html, policyFor(html));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String policyFor(String html) {
    // WebSockets to any host, because nodes listen on other ports and, behind a proxy, with TLS.
    return "default-src 'none'; connect-src 'self' ws: wss:; img-src data:; script-src "
        + hashOf(html, "script")
        + "; style-src "
        + hashOf(html, "style")
        + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  }

  private static String hashOf(String html, String element) {
    int start = html.indexOf("<" + element + ">");
    int end = html.indexOf("</" + element + ">");
    if (start < 0 || end < start) {
      throw new IllegalStateException("watch.html has no <" + element + ">");
    }
    byte[] text =
        html.substring(start + element.length() + 2, end).getBytes(StandardCharsets.UTF_8);
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
      return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
