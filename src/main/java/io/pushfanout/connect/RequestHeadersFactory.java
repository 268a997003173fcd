package io.pushfanout.connect;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import io.pushfanout.model.DeliveryTarget;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.model.Via;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A factory of the headers of calls to one node (grpc/doc/PROTOCOL-HTTP2.md, "Requests"). */
final class RequestHeadersFactory {
  private static final AsciiString POST = AsciiString.cached("POST");
  private static final AsciiString HTTP = AsciiString.cached("http");
  private static final AsciiString HTTPS = AsciiString.cached("https");
  private static final AsciiString TE = AsciiString.cached("te");
  private static final AsciiString TRAILERS = AsciiString.cached("trailers");
  private static final AsciiString TIMEOUT = AsciiString.cached("grpc-timeout");
  private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
  private static final AsciiString GRPC = AsciiString.cached("application/grpc");
  private static final AsciiString USER_AGENT = AsciiString.cached("user-agent");
  private static final AsciiString PUSHFANOUT = AsciiString.cached("pushfanout-java/" + version());

  private static final AsciiString VIA = AsciiString.cached(Via.METADATA);
  private static final AsciiString TARGET = AsciiString.cached(DeliveryTarget.METADATA);

  private static final String DELIVER = "/pushfanout.v1.Delivery/Deliver";
  private static final String ROOMS = "/pushfanout.v1.Interest/Rooms";
  private static final String UNITS = "numSMH";
  private static final long[] UNIT_NANOS = {
    1, 1_000, 1_000_000, 1_000_000_000, 60_000_000_000L, 3_600_000_000_000L
  };

  private record Made(long timeoutNanos, Via via, Http2Headers headers) {}

  private final NodeAddress node;
  private final AsciiString scheme;
  private final AsciiString authority;
  private @Nullable DeliveryTarget target;
  private Http2Headers streamHeaders;
  private final Http2Headers interestHeaders;

  /**
   * Last headers of each kind. With one deadline for all calls, and callers that are not fan-out
   * servers, the headers are made once.
   */
  private final Map<Rpc, Made> made = new EnumMap<>(Rpc.class);

  /**
   * Creates a factory. Calls name the host that the node's certificate must be for: a node may
   * refuse others.
   */
  RequestHeadersFactory(NodeAddress node, TlsChoice tls) {
    this.node = node;
    scheme = tls.isPlaintext() ? HTTP : HTTPS;
    NodeAddress called =
        tls.serverName() == null ? node : new NodeAddress(tls.serverName(), node.port());
    authority = new AsciiString(called.toString());
    streamHeaders = headers(DELIVER, List.of());
    interestHeaders = headers(ROOMS, List.of());
  }

  /** Sets the delivery target of calls and streams from now on. */
  void target(@Nullable DeliveryTarget changed) {
    target = changed;
    made.clear();
    streamHeaders = headers(DELIVER, List.of());
  }

  NodeAddress node() {
    return node;
  }

  Http2Headers headers(Rpc rpc, Via via, long timeoutNanos) {
    Made last = made.get(rpc);
    if (last == null || last.timeoutNanos() != timeoutNanos || !last.via().equals(via)) {
      last = new Made(timeoutNanos, via, newHeaders(rpc, via, timeoutNanos));
      made.put(rpc, last);
    }
    return last.headers();
  }

  private Http2Headers newHeaders(Rpc rpc, Via via, long timeoutNanos) {
    List<AsciiString> more = new ArrayList<>();
    add(more, TIMEOUT, timeout(timeoutNanos));
    if (!via.isEmpty()) {
      add(more, VIA, via.metadata());
    }
    return headers(rpc.path(), more);
  }

  /** Returns the headers of a stream. A stream has no deadline; the messages on it have. */
  Http2Headers streamHeaders() {
    return streamHeaders;
  }

  /** Returns the headers of a stream of rooms. */
  Http2Headers interestHeaders() {
    return interestHeaders;
  }

  private Http2Headers headers(String path, List<AsciiString> ofCall) {
    List<AsciiString> all = new ArrayList<>(ofCall);
    all.addAll(List.of(TE, TRAILERS, CONTENT_TYPE, GRPC, USER_AGENT, PUSHFANOUT));
    if (target != null) {
      add(all, TARGET, target.text());
    }
    return ReadOnlyHttp2Headers.clientHeaders(
        false, POST, new AsciiString(path), scheme, authority, all.toArray(AsciiString[]::new));
  }

  private static void add(List<AsciiString> fields, AsciiString name, String value) {
    fields.add(name);
    fields.add(new AsciiString(value));
  }

  /**
   * Formats a timeout as at most 8 digits and a unit, the finest that fits; rounded up, so that it
   * is never 0.
   */
  static String timeout(long nanos) {
    long left = Math.max(1, nanos);
    int unit = 0;
    while (Math.ceilDiv(left, UNIT_NANOS[unit]) > 99_999_999) {
      unit++;
    }
    return Math.ceilDiv(left, UNIT_NANOS[unit]) + UNITS.substring(unit, unit + 1);
  }

  private static String version() {
    @Nullable String version = RequestHeadersFactory.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
