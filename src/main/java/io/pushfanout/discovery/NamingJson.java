package io.pushfanout.discovery;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The JSON that etcd's naming API for Go stores: {@code {"Op":0,"Addr":"host:port","Metadata":…}}.
 * Read as Go reads it: names in any case, the last of two counts, others are skipped.
 *
 * <p>By jackson-core, which Vert.x brings: it reads a stream of tokens, so that metadata of any
 * size and shape builds nothing.
 */
final class NamingJson {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(100).build())
          .build();

  private NamingJson() {}

  /**
   * The address as it stands there.
   *
   * @throws IllegalArgumentException when there is none; the message is one line
   */
  static String address(String json) {
    try (JsonParser parser = JSON.createParser(json)) {
      return address(parser);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // A text in memory is always there.
    }
  }

  private static String address(JsonParser parser) throws IOException {
    String address = "";
    parser.nextToken(); // The caller saw the brace.
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if ("Addr".equalsIgnoreCase(name)) {
        address = text(parser, token);
      } else if ("Op".equalsIgnoreCase(name)) {
        requireAdded(parser, token);
      }
      parser.skipChildren();
    }
    if (parser.nextToken() != null) {
      throw new IllegalArgumentException("not JSON: something follows the object");
    }
    if (address.isEmpty()) {
      throw new IllegalArgumentException("the JSON has no \"Addr\"");
    }
    return address;
  }

  private static String text(JsonParser parser, @Nullable JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_STRING) {
      throw new IllegalArgumentException("\"Addr\" is no string");
    }
    return parser.getText().strip();
  }

  /** 0 adds an address. What removes one is told by the key that goes, never stored. */
  private static void requireAdded(JsonParser parser, @Nullable JsonToken token)
      throws IOException {
    if (token != JsonToken.VALUE_NUMBER_INT || !parser.getText().equals("0")) {
      throw new IllegalArgumentException("\"Op\" is not 0, which would add an address");
    }
  }
}
