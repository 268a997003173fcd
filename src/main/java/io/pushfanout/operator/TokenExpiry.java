package io.pushfanout.operator;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.common.base.Splitter;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a token ends by its own word. Nothing is decided by that: it only shortens what a reviewer
 * has said of it.
 */
final class TokenExpiry {
  private static final JsonFactory JSON = new JsonFactory();

  private TokenExpiry() {}

  /** Null where it is no JSON Web Token, or has no end. */
  static @Nullable Instant of(String token) {
    List<String> parts = Splitter.on('.').splitToList(token);
    if (parts.size() != 3) {
      return null;
    }
    try (JsonParser claims = JSON.createParser(Base64.getUrlDecoder().decode(parts.get(1)))) {
      if (claims.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (claims.nextToken() == JsonToken.FIELD_NAME) {
        boolean expiry = claims.currentName().equals("exp");
        JsonToken value = claims.nextToken();
        if (expiry && value != null && value.isNumeric()) {
          return Instant.ofEpochSecond(claims.getLongValue());
        }
        claims.skipChildren();
      }
      return null;
    } catch (IOException | IllegalArgumentException | DateTimeException _) {
      return null;
    }
  }
}
