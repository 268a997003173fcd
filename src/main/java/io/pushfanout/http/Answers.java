package io.pushfanout.http;

import static com.google.common.net.HttpHeaders.ALLOW;
import static com.google.common.net.HttpHeaders.RETRY_AFTER;
import static com.google.common.net.HttpHeaders.WWW_AUTHENTICATE;

import com.google.common.base.Strings;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.pushfanout.json.ErrorDocument;
import io.pushfanout.json.Json;
import io.pushfanout.management.Answer;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.Via;
import io.pushfanout.server.CallStatus;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A maker of responses: replies as protobuf's JSON, refusals by HTTP's status of gRPC's code. */
final class Answers {
  static final String METHODS = "POST, OPTIONS";

  private static final String TYPE = "application/json";

  /** Printer that uses the field names of the proto file and prints counts of 0. */
  private static final JsonFormat.Printer JSON =
      JsonFormat.printer()
          .preservingProtoFieldNames()
          .alwaysPrintFieldsWithNoPresence()
          .omittingInsignificantWhitespace();

  private Answers() {}

  /** Returns the response to a single broadcast. */
  static Answer of(ItemResult result) {
    return switch (result) {
      case ItemResult.Replied _ -> new Answer(200, TYPE, body(result));
      case ItemResult.Refused(CallStatus status) -> refused(status);
    };
  }

  /** Returns the response to a list of broadcasts: an entry for each, in their order. */
  static Answer of(List<ItemResult> results) {
    Buffer body = Buffer.buffer("[");
    String separator = "";
    for (ItemResult result : results) {
      body.appendString(separator).appendBuffer(body(result));
      separator = ",";
    }
    // The longest delay is after the other ones too.
    Stream<Duration> delays =
        results.stream()
            .map(result -> result instanceof ItemResult.Refused(CallStatus s) ? s : CallStatus.OK)
            .map(CallStatus::retryAfter)
            .filter(Objects::nonNull);
    return new Answer(200, TYPE, body.appendString("]"))
        .with(headers(delays.max(Duration::compareTo).orElse(null)));
  }

  private static Buffer body(ItemResult result) {
    return switch (result) {
      case ItemResult.Replied replied -> {
        try {
          yield Buffer.buffer(JSON.print(replied.reply()));
        } catch (InvalidProtocolBufferException e) {
          throw new IllegalStateException("a reply has no Any, which alone can fail to print", e);
        }
      }
      case ItemResult.Refused(CallStatus status) ->
          error(status.code().name(), Strings.nullToEmpty(status.message()));
    };
  }

  private static Buffer error(String code, String message) {
    return Buffer.buffer(Json.bytes(new ErrorDocument(code, message)));
  }

  /** Returns the response to a refused request, by the status of its gRPC code. */
  static Answer refused(CallStatus status) {
    return refused(httpStatus(status), status);
  }

  /** Returns the response to a refused request. */
  static Answer refused(int httpStatus, CallStatus status) {
    Map<String, String> headers = headers(status.retryAfter());
    if (httpStatus == 401) {
      headers.put(WWW_AUTHENTICATE, "Bearer");
    }
    if (status.returned()) {
      headers.put(Via.LOOP_TRAILER, "1");
    }
    return refusal(httpStatus, status.code(), Strings.nullToEmpty(status.message())).with(headers);
  }

  /** Returns the response to a request that is no broadcast. */
  static Answer refusal(int httpStatus, StatusCode code, String message) {
    return new Answer(httpStatus, TYPE, error(code.name(), message));
  }

  /** Returns the response to a request of another method. */
  static Answer otherMethod() {
    return refusal(405, StatusCode.UNIMPLEMENTED, "only POST").with(Map.of(ALLOW, METHODS));
  }

  private static Map<String, String> headers(@Nullable Duration retryAfter) {
    Map<String, String> headers = new TreeMap<>();
    if (retryAfter != null) {
      long seconds = retryAfter.plusSeconds(1).minusNanos(1).toSeconds();
      headers.put(RETRY_AFTER, Long.toString(Math.max(1, seconds)));
    }
    return headers;
  }

  private static int httpStatus(CallStatus status) {
    return switch (status.code()) {
      case OK -> 200;
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case ALREADY_EXISTS, ABORTED -> 409;
      // What no time can help is a message that is too large, for the server or for a queue.
      case RESOURCE_EXHAUSTED -> status.retryAfter() == null ? 413 : 429;
      case UNAVAILABLE -> 503;
      case DEADLINE_EXCEEDED -> 504;
      case CANCELLED, UNKNOWN, UNIMPLEMENTED, INTERNAL, DATA_LOSS -> 500;
    };
  }
}
