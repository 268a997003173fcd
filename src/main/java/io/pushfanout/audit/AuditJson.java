package io.pushfanout.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.pushfanout.text.Printable;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * A formatter of the audit log's lines, each one JSON object. Every field of a call is always
 * present; null stands for an unknown value.
 */
final class AuditJson {
  private static final JsonFactory JSON = new JsonFactory();

  /** RFC 3339 in UTC, always to the millisecond, so that lines of several machines sort as text. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private AuditJson() {}

  static byte[] line(AuditRecord call) {
    return line(
        call.endMillis(),
        json -> {
          text(json, "caller", call.caller());
          InetAddress address = call.address();
          text(json, "address", address == null ? null : address.getHostAddress());
          text(json, "method", call.method());
          text(json, "target", call.target());
          text(json, "room", call.room());
          Long bytes = call.bytes();
          json.writeFieldName("bytes");
          if (bytes == null) {
            json.writeNull();
          } else {
            json.writeNumber(bytes);
          }
          text(json, "outcome", call.outcome());
          text(json, "status", call.status());
          text(json, "messageId", call.messageId());
          text(json, "reason", call.reason());
        });
  }

  /**
   * Returns the line that counts calls without a line.
   *
   * @param millis the end of the gap
   */
  static byte[] gap(long millis, long leftOut) {
    return line(millis, json -> json.writeNumberField("leftOut", leftOut));
  }

  private static byte[] line(long millis, Fields fields) {
    StringWriter text = new StringWriter(320);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      text(json, "time", TIME.format(Instant.ofEpochMilli(millis)));
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // A writer in memory never fails.
    }
    // The library does not escape the characters that control a terminal.
    return (Printable.json(text.toString()) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void text(JsonGenerator json, String name, @Nullable String value)
      throws IOException {
    json.writeFieldName(name);
    if (value == null) {
      json.writeNull();
    } else {
      json.writeString(value);
    }
  }
}
