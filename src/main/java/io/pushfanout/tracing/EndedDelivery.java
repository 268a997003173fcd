package io.pushfanout.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TraceContext;
import io.pushfanout.queue.DeliveryEnd;
import io.pushfanout.queue.DeliveryHistogram;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * A delivery of a sampled broadcast, which has ended and has no span yet.
 *
 * @param parent has the span of the broadcast
 * @param times the times of the broadcast
 * @param durations the durations of the node's fanout, which get an exemplar
 * @param enqueuedNanos on the engine's clock
 * @param endedNanos on the engine's clock
 * @param attempts delivery attempts
 * @param byStream whether the last attempt went by a stream
 */
record EndedDelivery(
    Context parent,
    SpanTimes times,
    NodeAddress node,
    DeliveryHistogram durations,
    long enqueuedNanos,
    long endedNanos,
    int attempts,
    boolean byStream,
    DeliveryEnd end) {
  private static final AttributeKey<String> NODE = AttributeKey.stringKey("pushfanout.node");
  private static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("pushfanout.attempts");
  private static final AttributeKey<String> TRANSPORT =
      AttributeKey.stringKey("pushfanout.transport");

  /** Makes the span and, of a node that has taken the message, the exemplar. */
  void record(Tracer tracer) {
    long endEpochNanos = times.epochNanos(endedNanos);
    Span span =
        tracer
            .spanBuilder("deliver")
            .setParent(parent)
            .setSpanKind(SpanKind.PRODUCER)
            .setStartTimestamp(times.epochNanos(enqueuedNanos), TimeUnit.NANOSECONDS)
            .setAttribute(NODE, node.toString())
            .setAttribute(ATTEMPTS, (long) attempts)
            .startSpan();
    if (attempts > 0) {
      span.setAttribute(TRANSPORT, byStream ? "stream" : "unary");
    }
    switch (end) {
      case DeliveryEnd.Delivered() -> span.setAttribute(BroadcastSpan.OUTCOME, "delivered");
      case DeliveryEnd.Expired() -> undelivered(span, "expired", "");
      case DeliveryEnd.Failed(var code) -> undelivered(span, "failed", code.name());
      case DeliveryEnd.Dropped(var reason) -> undelivered(span, "dropped", reason.label());
    }
    span.end(endEpochNanos, TimeUnit.NANOSECONDS);
    if (end.isDelivered()) {
      SpanContext ids = span.getSpanContext();
      durations.keep(
          new DeliveryHistogram.Exemplar(
              Duration.ofNanos(endedNanos - enqueuedNanos),
              TraceContext.sampled(ids.getTraceId(), ids.getSpanId()),
              Instant.ofEpochSecond(0, endEpochNanos)));
    }
  }

  private static void undelivered(Span span, String outcome, String reason) {
    span.setAttribute(BroadcastSpan.OUTCOME, outcome);
    if (!reason.isEmpty()) {
      span.setAttribute(BroadcastSpan.REASON, reason);
    }
    span.setStatus(StatusCode.ERROR, reason.isEmpty() ? outcome : outcome + ": " + reason);
  }
}
