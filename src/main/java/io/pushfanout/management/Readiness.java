package io.pushfanout.management;

import io.pushfanout.model.Printable;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Whether the server is ready. Both are asked on an event loop, so neither may block.
 *
 * @param whyNot one sentence for people; asked only while it is not ready
 */
public record Readiness(BooleanSupplier ready, Supplier<String> whyNot) {

  Answer answer() {
    return ready.getAsBoolean()
        ? Answer.line(200, "ready")
        : Answer.line(503, "not ready: " + Printable.line(whyNot.get()));
  }
}
