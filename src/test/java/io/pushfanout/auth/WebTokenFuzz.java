package io.pushfanout.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Splitter;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A bearer token of any bytes; and claims of any bytes in one. */
public final class WebTokenFuzz implements FuzzTarget {
  private static final ObjectMapper OTHER = new ObjectMapper();

  @Override
  public String name() {
    return "web-token";
  }

  @Override
  public void take(byte[] input) throws Exception {
    check(new String(input, ISO_8859_1));
    String claims = Base64.getUrlEncoder().withoutPadding().encodeToString(input);
    check("e30." + claims + ".e30");
  }

  private static void check(String token) throws Exception {
    Optional<WebToken> read = WebToken.read(token);
    if (read.isEmpty()) {
      return;
    }
    List<String> parts = Splitter.on('.').splitToList(token);
    JsonNode claims = OTHER.readTree(Base64.getUrlDecoder().decode(parts.get(1)));
    Held.that(claims.isObject(), "claims", claims);
    Held.that(claims.has("exp") == (read.get().expires() != null), "exp", claims);
    JsonNode audience = claims.path("aud");
    int audiences = audience.isTextual() ? 1 : audience.size();
    Held.that(audiences == read.get().audiences().size(), "aud", claims);
  }
}
