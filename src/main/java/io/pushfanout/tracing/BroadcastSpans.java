package io.pushfanout.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastRequest.MessageId;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.TraceContext;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A maker of the spans of broadcasts. From any thread. */
final class BroadcastSpans {
  private static final AttributeKey<String> TARGET = AttributeKey.stringKey("pushfanout.target");
  private static final AttributeKey<Boolean> ROOM = AttributeKey.booleanKey("pushfanout.room");
  private static final AttributeKey<String> MESSAGE_ID =
      AttributeKey.stringKey("pushfanout.message_id");

  private final Tracer tracer;
  private final DeliverySpans deliveries;
  private final InstantSource clock;
  private final LongSupplier nanoClock;

  BroadcastSpans(
      Tracer tracer, DeliverySpans deliveries, InstantSource clock, LongSupplier nanoClock) {
    this.tracer = tracer;
    this.deliveries = deliveries;
    this.clock = clock;
    this.nanoClock = nanoClock;
  }

  /**
   * Begins the span of a broadcast; returns null for one that is not sampled.
   *
   * @param parent the caller's context, a sampled one; null without one
   * @param stream context of the stream that brought the message, beside the parent; null without
   *     one
   */
  @Nullable BroadcastSpan begin(
      BroadcastRequest request, @Nullable TraceContext parent, @Nullable TraceContext stream) {
    Rpc rpc = request.payload().rpc();
    SpanTimes times = SpanTimes.since(clock.instant(), nanoClock.getAsLong());
    SpanBuilder builder =
        tracer
            .spanBuilder(rpc.path().substring(1))
            .setParent(parent == null ? Context.root() : Context.root().with(remote(parent)))
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(times.epochNanos(), TimeUnit.NANOSECONDS);
    if (stream != null) {
      builder.addLink(remote(stream).getSpanContext());
    }
    Span span = builder.startSpan();
    if (!span.getSpanContext().isSampled()) {
      return null;
    }
    String target = target(request.target());
    if (target != null) {
      span.setAttribute(TARGET, target);
    }
    span.setAttribute(ROOM, rpc == Rpc.BROADCAST_TO_ROOM || request.payload().room() != 0);
    MessageId id = request.id();
    if (id != null) {
      span.setAttribute(MESSAGE_ID, id.value());
    }
    return new BroadcastSpan(span, times, nanoClock, deliveries);
  }

  private static Span remote(TraceContext context) {
    TraceFlags flags = context.isSampled() ? TraceFlags.getSampled() : TraceFlags.getDefault();
    return Span.wrap(
        SpanContext.createFromRemoteParent(
            context.traceId(), context.spanId(), flags, TraceState.getDefault()));
  }

  private static @Nullable String target(Target target) {
    return switch (target) {
      case Target.Named(var fanout) -> fanout.toString();
      case Target.All() -> "all";
      case Target.Unnamed() -> null;
    };
  }
}
