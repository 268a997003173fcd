package io.pushfanout.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.pushfanout.protocol.BroadCastReply;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The traces of a whole server, at a collector and at nodes of each kind. */
@Timeout(60)
class TracingTest {
  private static final String PARENT = "00f067aa0ba902b7";
  private static final Map<String, String> AT_ONCE = Map.of("OTEL_BSP_SCHEDULE_DELAY", "50");

  private static Collector collector;
  private static TracedNode calls;
  private static TracedNode streams;
  private static TracedNode failing;
  private static TracedServer server;
  private static int made;

  @BeforeAll
  static void start() throws Exception {
    collector = new Collector();
    calls = TracedNode.ofCalls(Status.OK);
    streams = TracedNode.ofStreams();
    failing = TracedNode.ofCalls(Status.INTERNAL);
    server =
        new TracedServer(new TracingOptions(collector.url(), AT_ONCE), calls, streams, failing);
    // The nodes are connected, and have shown how they take messages.
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> server.broadcast("traceparent", parent(newTrace(), "00")).getDelivered() == 2);
    Stream.of(calls, streams, failing).forEach(TracedNode::forget);
  }

  @AfterAll
  static void stop() {
    server.close();
    Stream.of(calls, streams, failing).forEach(TracedNode::close);
    collector.close();
  }

  private static String newTrace() {
    return "%032x".formatted(++made);
  }

  private static String parent(String trace, String flags) {
    return "00-" + trace + "-" + PARENT + "-" + flags;
  }

  @Test
  void sampledParentHasTheBroadcastAndItsDeliveriesBelow() throws Exception {
    String trace = newTrace();
    BroadCastReply reply =
        server.broadcastToRoom(
            "traceparent", parent(trace, "01"), "pushfanout-message-id", "the-id");
    assertThat(reply.getDelivered()).isEqualTo(2);

    List<Span> spans = collector.awaitSpans(trace, 4);
    Span broadcast =
        spans.stream().filter(span -> !span.getName().equals("deliver")).findAny().orElseThrow();
    assertThat(broadcast.getName()).isEqualTo("protocol.PushServer/BroadcastToRoom");
    assertThat(broadcast.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(Collector.parent(broadcast)).isEqualTo(PARENT);
    assertThat(Collector.attributes(broadcast))
        .isEqualTo(
            Map.of(
                "pushfanout.room", "true",
                "pushfanout.message_id", "the-id",
                "pushfanout.outcome", "OK",
                "pushfanout.nodes", "3",
                "pushfanout.accepted", "3",
                "pushfanout.waiting", "0",
                "pushfanout.dropped", "0",
                "pushfanout.delivered", "2",
                "pushfanout.failed", "1",
                "pushfanout.pending", "0"));
    List<Span> deliveries =
        Stream.of(calls, streams, failing).map(node -> deliveryTo(node, spans)).toList();
    assertThat(deliveries)
        .allSatisfy(
            span -> {
              assertThat(Collector.parent(span)).isEqualTo(Collector.id(broadcast));
              assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_PRODUCER);
              assertThat(span.getStartTimeUnixNano())
                  .isGreaterThanOrEqualTo(broadcast.getStartTimeUnixNano());
              assertThat(span.getEndTimeUnixNano()).isGreaterThan(span.getStartTimeUnixNano());
            });
    assertThat(deliveries)
        .extracting(span -> Collector.attributes(span).get("pushfanout.transport"))
        .containsExactly("unary", "stream", "unary");
    assertThat(deliveries)
        .extracting(span -> Collector.attributes(span).get("pushfanout.outcome"))
        .containsExactly("delivered", "delivered", "failed");
    assertThat(Collector.attributes(deliveries.get(2)))
        .containsEntry("pushfanout.reason", "INTERNAL")
        .containsEntry("pushfanout.attempts", "1");
    assertThat(deliveries)
        .extracting(span -> span.getStatus().getCode())
        .containsExactly(
            StatusCode.STATUS_CODE_UNSET,
            StatusCode.STATUS_CODE_UNSET,
            StatusCode.STATUS_CODE_ERROR);

    String atNodes = "00-" + trace + "-" + Collector.id(broadcast) + "-01";
    assertThat(Stream.of(calls, streams, failing).map(TracedNode::next)).containsOnly(atNodes);
    assertThat(server.metrics("application/openmetrics-text; version=1.0.0"))
        .contains("trace_id=\"" + trace + "\"");
    assertThat(server.metrics("text/plain")).doesNotContain("trace_id");
    assertThat(collector.resource()).containsEntry("service.name", "pushfanout");
  }

  private static Span deliveryTo(TracedNode node, List<Span> spans) {
    return spans.stream()
        .filter(
            span ->
                node.address().toString().equals(Collector.attributes(span).get("pushfanout.node")))
        .max(Comparator.comparingLong(Span::getStartTimeUnixNano))
        .orElseThrow();
  }

  @Test
  void unsampledParentTravelsOnAndIsNotRecorded() throws Exception {
    String unsampled = newTrace();
    String later = newTrace();
    server.broadcast("traceparent", parent(unsampled, "02"));
    assertThat(Stream.of(calls, streams, failing).map(TracedNode::next))
        .containsOnly(parent(unsampled, "02"));
    assertThat(server.post(parent(unsampled, "00"))).contains("\"delivered\"");
    assertThat(Stream.of(calls, streams, failing).map(TracedNode::next))
        .containsOnly(parent(unsampled, "00"));

    server.broadcast("traceparent", parent(later, "01"));
    collector.awaitSpans(later, 4);
    assertThat(collector.spansOf(unsampled)).isEmpty();
    Stream.of(calls, streams, failing).forEach(TracedNode::forget);
  }

  @Test
  void broadcastWithoutAParentBeginsATrace() {
    server.broadcast();
    String atNode = calls.next();
    Stream.of(streams, failing).forEach(TracedNode::forget);

    List<Span> spans = collector.awaitSpans(atNode.substring(3, 35), 4);
    assertThat(spans).filteredOn(span -> span.getParentSpanId().isEmpty()).hasSize(1);
  }

  @Test
  void messagesOfAStreamHaveTheirOwnParentsAndLinkToTheStreams() throws Exception {
    String ofStream = newTrace();
    String sampled = newTrace();
    String unsampled = newTrace();
    server.publish(parent(ofStream, "01"), parent(sampled, "01"), parent(unsampled, "00"), "");

    List<Span> spans = collector.awaitSpans(sampled, 4);
    Span broadcast =
        spans.stream().filter(span -> !span.getName().equals("deliver")).findAny().orElseThrow();
    assertThat(broadcast.getLinksList())
        .singleElement()
        .extracting(link -> HexFormat.of().formatHex(link.getTraceId().toByteArray()))
        .isEqualTo(ofStream);
    assertThat(collector.awaitSpans(ofStream, 4))
        .allSatisfy(span -> assertThat(span.getLinksList()).isEmpty());
    assertThat(collector.spansOf(unsampled)).isEmpty();
    Stream.of(calls, streams, failing)
        .forEach(
            node ->
                assertThat(Stream.of(node.next(), node.next(), node.next()))
                    .extracting(trace -> trace.substring(3, 35))
                    .containsExactlyInAnyOrder(sampled, unsampled, ofStream));
  }

  @Test
  void samplerDecidesAboutBroadcastsWithoutAParentAlone() throws Exception {
    try (TracedNode node = TracedNode.ofCalls(Status.OK);
        TracedServer rarely =
            new TracedServer(
                new TracingOptions(
                    null,
                    Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT", collector.grpcUrl(),
                        "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc",
                        "OTEL_TRACES_SAMPLER", "traceidratio",
                        "OTEL_TRACES_SAMPLER_ARG", "0",
                        "OTEL_BSP_SCHEDULE_DELAY", "50",
                        "OTEL_SERVICE_NAME", "rarely")),
                node)) {
      rarely.broadcast();
      assertThat(node.next()).isEmpty();

      String trace = newTrace();
      rarely.broadcast("traceparent", parent(trace, "01"));
      assertThat(collector.awaitSpans(trace, 2)).hasSize(2);
      assertThat(node.next()).startsWith("00-" + trace);
    }
  }

  @Test
  void nodesGetNothingWhileTracingIsOff() throws Exception {
    try (TracedNode call = TracedNode.ofCalls(Status.OK);
        TracedNode stream = TracedNode.ofStreams();
        TracedServer off = new TracedServer(TracingOptions.OFF, call, stream)) {
      off.broadcast("traceparent", parent(newTrace(), "01"));
      assertThat(call.next()).isEmpty();
      assertThat(stream.next()).isEmpty();
    }
  }
}
