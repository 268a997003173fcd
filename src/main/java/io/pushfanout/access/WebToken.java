package io.pushfanout.access;

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
 * What a JSON Web Token (RFC 7519) says of itself. Its signature is not looked at, so nobody is let
 * in by it: it may only refuse, or shorten what a reviewer has allowed.
 *
 * @param expires {@code exp}: it is not valid from then on; null where it has no end
 * @param audiences {@code aud}: whom it is for
 */
public record WebToken(@Nullable Instant expires, List<String> audiences) {
  /** Ten times what Kubernetes issues. */
  private static final int MAX_CHARS = 16 << 10;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          // Names of strangers' choice are kept by nobody.
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

  /** Reads one; empty for what is none, and for more than 16 KiB. */
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

  /** Of one JSON object. */
  private static final class Claims {
    @Nullable Instant expires;
    List<String> audiences = List.of();
  }

  private static Claims claims(byte[] json) throws IOException {
    Claims claims = new Claims();
    // As a text: a parser of bytes replaces what is not UTF-8.
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

  /** One, or a list of them. */
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

  /** Nothing of it. */
  @Override
  public String toString() {
    return "a web token";
  }
}
