package io.pushfanout.management;

import io.pushfanout.model.Printable;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Whether the server is ready. All are asked on an event loop, so none may block.
 *
 * @param whyNot one sentence for people; asked only while it is not ready
 * @param note what to know of it, in a line, while it is ready; empty where there is nothing
 */
public record Readiness(BooleanSupplier ready, Supplier<String> whyNot, Supplier<String> note) {

  Answer answer() {
    return ready.getAsBoolean()
        ? Answer.line(200, readyLine())
        : Answer.line(503, "not ready: " + Printable.line(whyNot.get()));
  }

  private String readyLine() {
    String text = note.get();
    return text.isEmpty() ? "ready" : "ready: " + Printable.line(text);
  }
}
