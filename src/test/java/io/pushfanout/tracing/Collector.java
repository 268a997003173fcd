package io.pushfanout.tracing;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A collector of traces by OTLP, over HTTP and over gRPC, which keeps all spans. */
final class Collector implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Queue<Span> spans = new ConcurrentLinkedQueue<>();
  private final Queue<KeyValue> resource = new ConcurrentLinkedQueue<>();
  private final HttpServer http;
  private final Server grpc;

  Collector() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/v1/traces", this::post);
    http.start();
    grpc =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                new TraceServiceGrpc.TraceServiceImplBase() {
                  @Override
                  public void export(
                      ExportTraceServiceRequest request,
                      StreamObserver<ExportTraceServiceResponse> reply) {
                    take(request);
                    reply.onNext(ExportTraceServiceResponse.getDefaultInstance());
                    reply.onCompleted();
                  }
                })
            .build()
            .start();
  }

  private void post(HttpExchange exchange) throws IOException {
    take(ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()));
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private void take(ExportTraceServiceRequest request) {
    request
        .getResourceSpansList()
        .forEach(
            each -> {
              resource.addAll(each.getResource().getAttributesList());
              each.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList()));
            });
  }

  String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  String grpcUrl() {
    return "http://127.0.0.1:" + grpc.getPort();
  }

  /** Returns the spans of a trace, once there are this many. */
  List<Span> awaitSpans(String traceId, int count) {
    await()
        .alias(count + " spans of " + traceId)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> spansOf(traceId).size() >= count);
    return spansOf(traceId);
  }

  List<Span> spansOf(String traceId) {
    return spans.stream()
        .filter(span -> hex(span.getTraceId().toByteArray()).equals(traceId))
        .toList();
  }

  /** Returns the traces with a span. */
  List<String> traces() {
    return spans.stream().map(span -> hex(span.getTraceId().toByteArray())).distinct().toList();
  }

  Map<String, String> resource() {
    return attributes(List.copyOf(resource));
  }

  static String id(Span span) {
    return hex(span.getSpanId().toByteArray());
  }

  static String parent(Span span) {
    return hex(span.getParentSpanId().toByteArray());
  }

  static Map<String, String> attributes(Span span) {
    return attributes(span.getAttributesList());
  }

  private static Map<String, String> attributes(List<KeyValue> list) {
    Map<String, String> attributes = new TreeMap<>();
    list.forEach(each -> attributes.put(each.getKey(), text(each.getValue())));
    return attributes;
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case INT_VALUE -> Long.toString(value.getIntValue());
      default -> value.getStringValue();
    };
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() {
    http.stop(0);
    grpc.shutdownNow();
  }
}
