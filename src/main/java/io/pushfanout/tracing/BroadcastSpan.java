package io.pushfanout.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.BroadcastResult.Answered;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.BroadcastOutcome.DeliveryReceipt;
import io.pushfanout.model.TraceContext;
import io.pushfanout.queue.DeliveryEnd;
import io.pushfanout.queue.Ledger;
import io.pushfanout.queue.QueuedMessage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The span of one broadcast, from its offer to its result, and the parent of the spans of its
 * deliveries, which may end later. From any thread.
 */
final class BroadcastSpan implements DeliveryEnd.Receiver {
  static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("pushfanout.outcome");
  static final AttributeKey<String> REASON = AttributeKey.stringKey("pushfanout.reason");
  private static final AttributeKey<Long> NODES = AttributeKey.longKey("pushfanout.nodes");
  private static final AttributeKey<Long> ACCEPTED = AttributeKey.longKey("pushfanout.accepted");
  private static final AttributeKey<Long> WAITING = AttributeKey.longKey("pushfanout.waiting");
  private static final AttributeKey<Long> DROPPED = AttributeKey.longKey("pushfanout.dropped");
  private static final AttributeKey<Long> DELIVERED = AttributeKey.longKey("pushfanout.delivered");
  private static final AttributeKey<Long> FAILED = AttributeKey.longKey("pushfanout.failed");
  private static final AttributeKey<Long> PENDING = AttributeKey.longKey("pushfanout.pending");

  private final AtomicReference<@Nullable Span> open;
  private final TraceContext context;
  private final Context parentOfDeliveries;
  private final SpanTimes times;
  private final LongSupplier nanoClock;
  private final DeliverySpans deliveries;

  BroadcastSpan(Span span, SpanTimes times, LongSupplier nanoClock, DeliverySpans deliveries) {
    SpanContext ids = span.getSpanContext();
    this.open = new AtomicReference<>(span);
    this.context = TraceContext.sampled(ids.getTraceId(), ids.getSpanId());
    // The span itself is not kept while its message waits for slow nodes.
    this.parentOfDeliveries = Context.root().with(Span.wrap(ids));
    this.times = times;
    this.nanoClock = nanoClock;
    this.deliveries = deliveries;
  }

  TraceContext context() {
    return context;
  }

  /** Ends the span by the result. */
  void end(BroadcastResult result) {
    Span span = open.getAndSet(null);
    if (span == null) {
      return;
    }
    switch (result) {
      case Answered(BroadcastOutcome outcome, _) -> describe(span, outcome);
      case Refused(BroadcastResult.Reason reason, String message, _) ->
          span.setAttribute(OUTCOME, "REFUSED")
              .setAttribute(REASON, reason.name())
              .setStatus(StatusCode.ERROR, message);
    }
    end(span);
  }

  /** Ends the span of a caller that has left. */
  void cancel() {
    Span span = open.getAndSet(null);
    if (span != null) {
      span.setAttribute(OUTCOME, "CANCELLED");
      end(span);
    }
  }

  private void end(Span span) {
    span.end(times.epochNanos(nanoClock.getAsLong()), TimeUnit.NANOSECONDS);
  }

  private static void describe(Span span, BroadcastOutcome outcome) {
    span.setAttribute(OUTCOME, outcome.code().name())
        .setAttribute(NODES, outcome.nodes())
        .setAttribute(ACCEPTED, outcome.accepted())
        .setAttribute(WAITING, outcome.waiting())
        .setAttribute(DROPPED, outcome.dropped());
    DeliveryReceipt receipt = outcome.receipt();
    if (receipt != null) {
      span.setAttribute(DELIVERED, receipt.delivered())
          .setAttribute(FAILED, receipt.failed())
          .setAttribute(PENDING, receipt.pending());
    }
  }

  @Override
  public void ended(QueuedMessage message, DeliveryEnd end, Ledger ledger) {
    deliveries.add(
        new EndedDelivery(
            parentOfDeliveries,
            times,
            ledger.node(),
            ledger.deliveryTimes(),
            message.enqueuedNanos,
            nanoClock.getAsLong(),
            message.attempts,
            message.byStream,
            end));
  }
}
