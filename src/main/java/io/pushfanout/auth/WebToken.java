package io.pushfanout.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a JSON Web Token (RFC 7519). The signature is not checked, so the claims never
 * allow a call: they may only reject one, or shorten a reviewer's positive decision.
 *
 * @param expires {@code exp}: the end of its validity; null: no end
 * @param audiences {@code aud}: the recipients of the token
 */
public record WebToken(@Nullable Instant expires, List<String> audiences) {
  /** Length limit in characters, ten times the length of tokens that Kubernetes issues. */
  private static final int MAX_CHARS = 16 << 10;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          // Field names come from strangers, so no table may keep them.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(MAX_CHARS)
                  .maxStringLength(MAX_CHARS)
                  .maxNameLength(MAX_CHARS)
                  .maxNumberLength(40)
                  .maxNestingDepth(32)
                  .build())
          .build();

  public WebToken {
    audiences = List.copyOf(audiences);
  }

  /**
   * Returns the claims of a token; empty if the text is no JSON Web Token, or longer than 16 KiB.
   */
  public static Optional<WebToken> read(String token) {
    if (token.length() > MAX_CHARS) {
      return Optional.empty();
    }
    List<String> parts = Splitter.on('.').limit(4).splitToList(token);
    if (parts.size() != 3) {
      return Optional.empty();
    }
    try {
      Base64.Decoder base64 = Base64.getUrlDecoder();
      byte[] signature = base64.decode(parts.get(2));
      Claims _ = claims(base64.decode(parts.get(0)));
      Claims claims = claims(base64.decode(parts.get(1)));
      return signature.length == 0
          ? Optional.empty()
          : Optional.of(new WebToken(claims.expires, claims.audiences));
    } catch (IOException | IllegalArgumentException | DateTimeException _) {
      return Optional.empty();
    }
  }

  /** The claims of one JSON object. */
  private static final class Claims {
    @Nullable Instant expires;
    List<String> audiences = List.of();
  }

  private static Claims claims(byte[] json) throws IOException {
    Claims claims = new Claims();
    // The input is decoded first: a parser of bytes would replace invalid UTF-8.
    String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    try (JsonParser in = JSON.createParser(text)) {
      require(in.nextToken() == JsonToken.START_OBJECT);
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        JsonToken value = in.nextToken();
        switch (name) {
          case "exp" -> {
            require(value != null && value.isNumeric());
            claims.expires = Instant.ofEpochSecond(in.getLongValue());
          }
          case "aud" -> claims.audiences = audiences(in);
          default -> in.skipChildren();
        }
      }
      require(in.currentToken() == JsonToken.END_OBJECT && in.nextToken() == null);
    }
    return claims;
  }

  /** Returns the audiences of the claim, which is a string or a list of strings. */
  private static List<String> audiences(JsonParser in) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_STRING) {
      return List.of(in.getText());
    }
    require(in.currentToken() == JsonToken.START_ARRAY);
    List<String> audiences = new ArrayList<>();
    while (in.nextToken() == JsonToken.VALUE_STRING) {
      audiences.add(in.getText());
    }
    require(in.currentToken() == JsonToken.END_ARRAY);
    return audiences;
  }

  private static void require(boolean expected) {
    if (!expected) {
      throw new IllegalArgumentException("not the claims of a token");
    }
  }

  /** Returns a text without any part of the token. */
  @Override
  public String toString() {
    return "a web token";
  }
}
