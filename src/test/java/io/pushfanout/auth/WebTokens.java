package io.pushfanout.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/** Tokens with any claims and an invalid signature. */
final class WebTokens {
  private WebTokens() {}

  static String of(String claims) {
    return of("{\"alg\":\"RS256\"}", claims);
  }

  static String of(String head, String claims) {
    return base64(head) + "." + base64(claims) + "." + base64("signature");
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }
}
