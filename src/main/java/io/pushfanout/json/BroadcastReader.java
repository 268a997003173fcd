package io.pushfanout.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.google.common.base.Utf8;
import io.pushfanout.json.BroadcastDocument.Item;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A reader of broadcasts from JSON, held strict: a mistake in an item is that item's, anything else
 * makes the whole document invalid. The document is read as a stream, so that its memory is its own
 * bytes and those of its messages. From any thread.
 */
public final class BroadcastReader {
  /** Most items of a list. */
  public static final int ITEMS_MAX = 1000;

  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          // Names of callers' choice would fill the table of names that all parsers share.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          // The size of the document is bounded, and so is each text in it.
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private BroadcastReader() {}

  /**
   * Reads a document.
   *
   * @param bytes begins with the document
   * @param length bytes of the document
   * @throws IllegalArgumentException when the document is invalid as a whole; the message is one
   *     line for its sender
   */
  public static BroadcastDocument read(byte[] bytes, int length) {
    if (!Utf8.isWellFormed(bytes, 0, length)) {
      throw new IllegalArgumentException("the body is not UTF-8");
    }
    // A parser of bytes would guess the encoding, and could read the same bytes as UTF-16.
    Reader text =
        new InputStreamReader(new ByteArrayInputStream(bytes, 0, length), StandardCharsets.UTF_8);
    try (JsonParser in = JSON.createParser(text)) {
      BroadcastDocument document = document(in);
      if (in.nextToken() != null) {
        throw new IllegalArgumentException("bytes follow the JSON value");
      }
      return document;
    } catch (JsonProcessingException e) {
      // The parser's own message quotes its input.
      JsonLocation at = e.getLocation();
      throw new IllegalArgumentException(
          at == null
              ? "the body is not JSON"
              : "the body is not JSON, at line %d, column %d"
                  .formatted(at.getLineNr(), at.getColumnNr()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // The bytes are in memory.
    }
  }

  private static BroadcastDocument document(JsonParser in) throws IOException {
    JsonToken first = in.nextToken();
    if (first == null) {
      throw new IllegalArgumentException("the body is empty");
    }
    return switch (first) {
      case START_OBJECT ->
          new BroadcastDocument(false, List.of(new BroadcastItemReader(in).read()));
      case START_ARRAY -> new BroadcastDocument(true, items(in));
      default -> throw new IllegalArgumentException("the body is no object and no list of objects");
    };
  }

  private static List<Item> items(JsonParser in) throws IOException {
    List<Item> items = new ArrayList<>();
    for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      if (items.size() == ITEMS_MAX) {
        throw new IllegalArgumentException("the list has more than " + ITEMS_MAX + " items");
      }
      if (token == JsonToken.START_OBJECT) {
        items.add(new BroadcastItemReader(in).read());
      } else {
        in.skipChildren();
        items.add(new Item.Invalid("the item is no object"));
      }
    }
    return items;
  }
}
