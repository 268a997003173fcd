package io.pushfanout.app;

import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.concurrent.StepClock;
import io.pushfanout.tracing.Tracing;
import io.pushfanout.tracing.TracingOptions;
import java.util.function.UnaryOperator;

/** The tracing of a server, if it has any. Only then are its libraries loaded. */
final class TracingPart {
  private TracingPart() {}

  /**
   * Starts tracing, whose end goes into the stop order.
   *
   * @return puts tracing in front of a receiver of broadcasts
   */
  static UnaryOperator<Broadcasts> start(TracingOptions options, ShutdownSequence stopOrder) {
    if (!options.isOn()) {
      return UnaryOperator.identity();
    }
    Tracing tracing = Tracing.start(options, StepClock::nanoTime);
    stopOrder.push("tracing", tracing::close);
    return tracing::around;
  }
}
