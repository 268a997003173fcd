package io.pushfanout.server.guard;

import io.grpc.ServerCall;
import io.grpc.SynchronizationContext;
import io.pushfanout.concurrent.LogLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that waits for the decision about its caller; nothing of its message is read meanwhile.
 * The events of gRPC, on the connection's loop, and the decision, on any thread, are handled one
 * after the other.
 */
final class DelayedCall<Q> extends ServerCall.Listener<Q> {
  private static final Logger log = LoggerFactory.getLogger(DelayedCall.class);
  private static final LogLimit FAILURES = new LogLimit(10, System::nanoTime);

  private final SynchronizationContext serial =
      new SynchronizationContext(
          (_, failure) -> FAILURES.write(note -> log.error("a call failed{}", note, failure)));
  private final List<Consumer<ServerCall.Listener<Q>>> pendingEvents = new ArrayList<>();
  private ServerCall.@Nullable Listener<Q> listener;
  private boolean cancelled;

  /**
   * Continues the call, unless it has been cancelled.
   *
   * @param start starts or refuses the call
   */
  void resume(Supplier<ServerCall.Listener<Q>> start) {
    serial.execute(
        () -> {
          if (!cancelled) {
            ServerCall.Listener<Q> started = start.get();
            listener = started;
            pendingEvents.forEach(event -> event.accept(started));
          }
          pendingEvents.clear();
        });
  }

  private void deliver(Consumer<ServerCall.Listener<Q>> event) {
    serial.execute(
        () -> {
          if (listener == null) {
            pendingEvents.add(event);
          } else {
            event.accept(listener);
          }
        });
  }

  @Override
  public void onMessage(Q message) {
    deliver(to -> to.onMessage(message));
  }

  @Override
  public void onHalfClose() {
    deliver(ServerCall.Listener::onHalfClose);
  }

  @Override
  public void onCancel() {
    serial.execute(() -> cancelled = true);
    deliver(ServerCall.Listener::onCancel);
  }

  @Override
  public void onComplete() {
    deliver(ServerCall.Listener::onComplete);
  }

  @Override
  public void onReady() {
    deliver(ServerCall.Listener::onReady);
  }
}
