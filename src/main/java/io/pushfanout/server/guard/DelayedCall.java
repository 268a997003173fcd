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
 * A call until it is decided whether it may come in. Nothing of its message is read meanwhile. What
 * gRPC tells of it on the connection's loop, and the decision, which comes on any thread, are
 * handled one after the other.
 */
final class DelayedCall<Q> extends ServerCall.Listener<Q> {
  private static final Logger log = LoggerFactory.getLogger(DelayedCall.class);
  private static final LogLimit FAILURES = new LogLimit(10, System::nanoTime);

  private final SynchronizationContext serial =
      new SynchronizationContext(
          (_, failure) -> FAILURES.write(note -> log.error("a call failed{}", note, failure)));
  private final List<Consumer<ServerCall.Listener<Q>>> told = new ArrayList<>();
  private ServerCall.@Nullable Listener<Q> listener;
  private boolean cancelled;

  /**
   * Goes on with the call, unless it has been cancelled.
   *
   * @param start starts or refuses it
   */
  void decided(Supplier<ServerCall.Listener<Q>> start) {
    serial.execute(
        () -> {
          if (!cancelled) {
            ServerCall.Listener<Q> started = start.get();
            listener = started;
            told.forEach(event -> event.accept(started));
          }
          told.clear();
        });
  }

  private void tell(Consumer<ServerCall.Listener<Q>> event) {
    serial.execute(
        () -> {
          if (listener == null) {
            told.add(event);
          } else {
            event.accept(listener);
          }
        });
  }

  @Override
  public void onMessage(Q message) {
    tell(to -> to.onMessage(message));
  }

  @Override
  public void onHalfClose() {
    tell(ServerCall.Listener::onHalfClose);
  }

  @Override
  public void onCancel() {
    serial.execute(() -> cancelled = true);
    tell(ServerCall.Listener::onCancel);
  }

  @Override
  public void onComplete() {
    tell(ServerCall.Listener::onComplete);
  }

  @Override
  public void onReady() {
    tell(ServerCall.Listener::onReady);
  }
}
