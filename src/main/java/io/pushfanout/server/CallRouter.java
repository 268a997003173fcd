package io.pushfanout.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Headers;
import io.pushfanout.http2.EncodedReply;
import io.pushfanout.http2.ServerStream;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.protocol.v1.IngestGrpc;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.text.Printable;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A router of requests by their headers: a broadcast, a call of another service, or the refusal of
 * a request that is no call of gRPC, in the words of gRPC's library. Immutable; shared by all
 * connections.
 */
final class CallRouter {
  private static final String METHOD = "POST";
  private static final String CONTENT_TYPE = "application/grpc";
  private static final int TIMEOUT_DIGITS_MAX = 8;
  private static final String PUBLISH = "/" + IngestGrpc.getPublishMethod().getFullMethodName();

  private final BroadcastGate gate;
  private final LoopGuard hops;
  private final ServiceProxy services;
  private final CallMeter meter;
  private final Map<String, Rpc> broadcasts = new HashMap<>();

  CallRouter(BroadcastGate gate, LoopGuard hops, ServiceProxy services, CallMeter meter) {
    this.gate = gate;
    this.hops = hops;
    this.services = services;
    this.meter = meter;
    for (Rpc rpc : Rpc.values()) {
      broadcasts.put(rpc.path(), rpc);
    }
  }

  /** The route of a request. Requests of a connection with the same headers have the same route. */
  sealed interface Route {
    /** Returns the headers that the route is for. */
    Http2Headers headers();

    record ToBroadcast(Http2Headers headers, BroadcastHeaders call) implements Route {}

    /** A stream of messages. */
    record ToPublish(Http2Headers headers, BroadcastHeaders call) implements Route {}

    /** A call of health or reflection. */
    record ToService(
        Http2Headers headers, ServiceProxy.Method method, boolean compressed, long timeoutNanos)
        implements Route {}

    /**
     * A refusal.
     *
     * @param counts counts of the refused call's method; null when the request is no call
     */
    record Refused(
        Http2Headers headers,
        EncodedReply reply,
        CallMeter.@Nullable Counts counts,
        StatusCode code)
        implements Route {}
  }

  /**
   * Returns the route of a request.
   *
   * @param whole false if the headers were too long and the last fields are missing
   * @param network the network of the caller's address
   */
  Route route(Http2Headers headers, boolean whole, Object network) {
    if (!whole) {
      return new Route.Refused(
          headers, GrpcReplies.headersTooLong(), null, StatusCode.RESOURCE_EXHAUSTED);
    }
    if (headers.authority() == null && headers.getAll(HttpHeaderNames.HOST).size() > 1) {
      return httpError(headers, 400, StatusCode.INTERNAL, "Multiple host headers");
    }
    CharSequence path = headers.path();
    if (path == null) {
      return httpError(headers, 404, StatusCode.UNIMPLEMENTED, "Expected path but is missing");
    }
    if (path.isEmpty() || path.charAt(0) != '/') {
      return httpError(
          headers, 404, StatusCode.UNIMPLEMENTED, "Expected path to start with /: " + shown(path));
    }
    CharSequence contentType = headers.get(HttpHeaderNames.CONTENT_TYPE);
    if (contentType == null) {
      return httpError(
          headers, 415, StatusCode.INTERNAL, "Content-Type is missing from the request");
    }
    if (!isGrpc(contentType.toString())) {
      return httpError(
          headers,
          415,
          StatusCode.INTERNAL,
          "Content-Type '" + shown(contentType) + "' is not supported");
    }
    CharSequence method = headers.method();
    if (method == null || !METHOD.contentEquals(method)) {
      return httpError(
          headers,
          405,
          StatusCode.INTERNAL,
          "Method '" + shown(String.valueOf(method)) + "' is not supported");
    }
    return call(headers, path.toString(), network);
  }

  private Route call(Http2Headers headers, String path, Object network) {
    CallMeter.Counts counts = meter.of(path.substring(1));
    CallMetadata metadata = CallMetadata.of(headers);
    String encoding = metadata.last("grpc-encoding");
    boolean gzip = "gzip".equals(encoding);
    if (encoding != null && !gzip && !encoding.equals("identity")) {
      return refusal(
          headers,
          counts,
          StatusCode.UNIMPLEMENTED,
          "Can't find decompressor for " + shown(encoding));
    }
    long timeout;
    try {
      timeout = timeoutNanos(metadata.last("grpc-timeout"));
    } catch (IllegalArgumentException e) {
      return refusal(headers, counts, StatusCode.INTERNAL, "grpc-timeout: " + e.getMessage());
    }
    Rpc rpc = broadcasts.get(path);
    if (rpc != null) {
      return new Route.ToBroadcast(
          headers, BroadcastHeaders.of(rpc, metadata, gzip, timeout, network, hops));
    }
    if (path.equals(PUBLISH)) {
      return new Route.ToPublish(
          headers, BroadcastHeaders.of(Rpc.BROADCAST, metadata, gzip, timeout, network, hops));
    }
    ServiceProxy.Method method = services.find(path.substring(1));
    return method == null
        ? refusal(
            headers,
            counts,
            StatusCode.UNIMPLEMENTED,
            "Method not found: " + shown(path.substring(1)))
        : new Route.ToService(headers, method, gzip, timeout);
  }

  private static Route httpError(
      Http2Headers headers, int httpStatus, StatusCode code, String message) {
    return new Route.Refused(headers, GrpcReplies.httpError(httpStatus, code, message), null, code);
  }

  private static Route refusal(
      Http2Headers headers, CallMeter.Counts counts, StatusCode code, String message) {
    return new Route.Refused(
        headers, GrpcReplies.status(CallStatus.of(code, message)), counts, code);
  }

  private static String shown(CharSequence text) {
    return Printable.line(text.toString(), 200);
  }

  private static boolean isGrpc(String contentType) {
    if (!contentType.regionMatches(true, 0, CONTENT_TYPE, 0, CONTENT_TYPE.length())) {
      return false;
    }
    if (contentType.length() == CONTENT_TYPE.length()) {
      return true;
    }
    char next = contentType.charAt(CONTENT_TYPE.length());
    return next == '+' || next == ';';
  }

  /**
   * Returns the time that a caller waits; 0 or less when its deadline has passed.
   *
   * @throws IllegalArgumentException when the value has another form
   */
  static long timeoutNanos(@Nullable String value) {
    if (value == null) {
      return Long.MAX_VALUE;
    }
    int digits = value.length() - 1;
    if (digits < 1 || digits > TIMEOUT_DIGITS_MAX) {
      throw new IllegalArgumentException("must be 1 to 8 digits and a unit, is " + shown(value));
    }
    long number;
    try {
      number = Long.parseLong(value.substring(0, digits));
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException("must be 1 to 8 digits and a unit, is " + shown(value));
    }
    return switch (value.charAt(digits)) {
      case 'n' -> number;
      case 'u' -> TimeUnit.MICROSECONDS.toNanos(number);
      case 'm' -> TimeUnit.MILLISECONDS.toNanos(number);
      case 'S' -> TimeUnit.SECONDS.toNanos(number);
      case 'M' -> TimeUnit.MINUTES.toNanos(number);
      case 'H' -> TimeUnit.HOURS.toNanos(number);
      default ->
          throw new IllegalArgumentException("must have a unit of H M S m u n, is " + shown(value));
    };
  }

  /** Returns the stream of a request with this route. */
  ServerStream newStream(Route route, CallerSession session) {
    return switch (route) {
      case Route.ToBroadcast(Http2Headers headers, BroadcastHeaders call) ->
          new BroadcastStream(gate, session, call, CallMetadata.of(headers));
      case Route.ToPublish(Http2Headers headers, BroadcastHeaders call) ->
          new PublishStream(gate, hops, session, call, CallMetadata.of(headers));
      case Route.ToService to -> services.newStream(to, session);
      case Route.Refused refused -> new RefusedStream(refused, session);
    };
  }
}
