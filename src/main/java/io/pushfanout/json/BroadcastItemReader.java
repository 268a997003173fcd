package io.pushfanout.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.pushfanout.json.BroadcastDocument.Item;
import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A reader of one broadcast from a JSON object, field by field. */
final class BroadcastItemReader {
  private static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
  private static final Duration TIMEOUT_MAX = Duration.ofSeconds(60);

  private static final String HALF_PAIR = "has one half of a surrogate pair";

  private enum Field {
    TARGET("target"),
    ROOM("room"),
    VER("ver"),
    OP("op"),
    SEQ("seq"),
    BODY("body"),
    BODY_BASE64("bodyBase64"),
    MESSAGE_ID("messageId"),
    WAIT("wait"),
    TIMEOUT("timeout"),
    NODES("nodes");

    private static final Map<String, Field> BY_NAME =
        Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(field -> field.key, f -> f));

    private static final String NAMES =
        Arrays.stream(values()).map(field -> field.key).collect(Collectors.joining(", "));

    private final String key;

    Field(String key) {
      this.key = key;
    }
  }

  /** A mistake in the value of a field; the message follows the field's name. */
  private static final class InvalidField extends Exception {
    InvalidField(String message) {
      // No stack trace: the exception is a reply to a caller, and a caller may cause very many.
      super(message, null, false, false);
    }
  }

  private final JsonParser in;
  private final Set<Field> seen = EnumSet.noneOf(Field.class);
  private @Nullable String target;
  private @Nullable String room;
  private int ver;
  private int op;
  private int seq;
  private ByteBuffer body = ByteBuffer.allocate(0);
  private @Nullable String messageId;
  private @Nullable String waitFor;
  private @Nullable Duration timeout;
  private @Nullable List<String> nodes;

  /**
   * @param in is at the beginning of the object
   */
  BroadcastItemReader(JsonParser in) {
    this.in = in;
  }

  /** Reads the object to its end, mistakes or not. */
  Item read() throws IOException {
    String why = null;
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      in.nextToken();
      if (why != null) {
        in.skipChildren();
        continue;
      }
      try {
        field(name);
      } catch (InvalidField e) {
        why = Printable.line(name, 80) + ": " + e.getMessage();
        in.skipChildren();
      }
    }
    return why == null
        ? new Item.Valid(
            new BroadcastItem(target, room, ver, op, seq, body, messageId, waitFor, timeout, nodes))
        : new Item.Invalid(why);
  }

  private void field(String name) throws IOException, InvalidField {
    Field field = Field.BY_NAME.get(name);
    if (field == null) {
      throw new InvalidField("there is no such field; there are " + Field.NAMES);
    }
    if (!seen.add(field)) {
      throw new InvalidField("given more than once");
    }
    switch (field) {
      case TARGET -> target = text();
      case ROOM -> room = room();
      case VER -> ver = number();
      case OP -> op = number();
      case SEQ -> seq = number();
      case BODY -> body = body(Field.BODY_BASE64, encoded());
      case BODY_BASE64 -> body = body(Field.BODY, decoded());
      case MESSAGE_ID -> messageId = text();
      case WAIT -> waitFor = text();
      case TIMEOUT -> timeout = timeout();
      case NODES -> nodes = nodes();
    }
  }

  private ByteBuffer body(Field other, ByteBuffer bytes) throws InvalidField {
    if (seen.contains(other)) {
      throw new InvalidField("given beside " + other.key);
    }
    return bytes;
  }

  private String room() throws IOException, InvalidField {
    String text = text();
    if (text.isEmpty()) {
      // A variable that is not set must not reach everybody.
      throw new InvalidField("is empty; a broadcast without the field is for everybody");
    }
    return text;
  }

  private Duration timeout() throws IOException, InvalidField {
    Duration duration;
    try {
      duration = DurationFormat.parse(text());
    } catch (IllegalArgumentException e) {
      throw new InvalidField(String.valueOf(e.getMessage()));
    }
    if (duration.compareTo(TIMEOUT_MIN) < 0 || duration.compareTo(TIMEOUT_MAX) > 0) {
      throw new InvalidField(
          "must be from %s to %s"
              .formatted(DurationFormat.format(TIMEOUT_MIN), DurationFormat.format(TIMEOUT_MAX)));
    }
    return duration;
  }

  private List<String> nodes() throws IOException, InvalidField {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw new InvalidField("must be a list of host:port");
    }
    List<String> entries = new ArrayList<>();
    String why = null;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (why == null && in.currentToken() == JsonToken.VALUE_STRING) {
        String entry = text();
        entries.add(entry);
        why = entry.indexOf(',') < 0 ? null : "an entry has a comma; entries are host:port";
      } else {
        in.skipChildren();
        why = "must be a list of host:port";
      }
    }
    if (why != null) {
      throw new InvalidField(why);
    }
    if (entries.isEmpty()) {
      throw new InvalidField("is empty; a broadcast without the field is for all nodes");
    }
    return entries;
  }

  private int number() throws IOException, InvalidField {
    if (in.currentToken() != JsonToken.VALUE_NUMBER_INT
        || in.getNumberType() != JsonParser.NumberType.INT) {
      throw new InvalidField("must be a whole number of 32 bits");
    }
    return in.getIntValue();
  }

  private String text() throws IOException, InvalidField {
    requireText();
    String text = in.getText();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new InvalidField(HALF_PAIR);
    }
    return text;
  }

  private ByteBuffer encoded() throws IOException, InvalidField {
    requireText();
    try {
      return StandardCharsets.UTF_8
          .newEncoder()
          .encode(CharBuffer.wrap(in.getTextCharacters(), in.getTextOffset(), in.getTextLength()));
    } catch (CharacterCodingException _) {
      throw new InvalidField(HALF_PAIR);
    }
  }

  private ByteBuffer decoded() throws IOException, InvalidField {
    requireText();
    try {
      return ByteBuffer.wrap(Base64.getDecoder().decode(in.getText()));
    } catch (IllegalArgumentException _) {
      throw new InvalidField("must be base64 with the alphabet of A-Z a-z 0-9 + /");
    }
  }

  private void requireText() throws InvalidField {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw new InvalidField("must be a string");
    }
  }
}
