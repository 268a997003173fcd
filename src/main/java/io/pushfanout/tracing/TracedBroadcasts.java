package io.pushfanout.tracing;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.BroadcastTrace;
import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.model.TraceContext;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A receiver of broadcasts that traces them. An unsampled context of a caller travels on to the
 * nodes as it is; a sampled broadcast has a span, and its nodes get that context.
 */
final class TracedBroadcasts implements Broadcasts {
  private final Broadcasts inner;
  private final BroadcastSpans spans;

  TracedBroadcasts(Broadcasts inner, BroadcastSpans spans) {
    this.inner = inner;
    this.spans = spans;
  }

  @Override
  public Runnable broadcast(BroadcastRequest request, Consumer<BroadcastResult> onResult) {
    BroadcastTrace received = request.trace();
    TraceContext parent = received == null ? null : TraceContext.parse(received.parent());
    if (parent != null && !parent.isSampled()) {
      return inner.broadcast(request.traced(parent, null), onResult);
    }
    TraceContext stream = received == null ? null : TraceContext.parse(received.stream());
    BroadcastSpan span = spans.begin(request, parent, stream);
    if (span == null) {
      return inner.broadcast(request, onResult);
    }
    Runnable stop =
        inner.broadcast(
            request.traced(span.context(), span),
            result -> {
              span.end(result);
              onResult.accept(result);
            });
    return () -> {
      span.cancel();
      stop.run();
    };
  }

  @Override
  public BroadcastResult.@Nullable Refused refusal(BroadcastRequest.Target target) {
    return inner.refusal(target);
  }
}
