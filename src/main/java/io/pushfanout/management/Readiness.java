package io.pushfanout.management;

import io.pushfanout.text.Printable;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The readiness of the server. All functions are called on an event loop, so none may block.
 *
 * @param whyNot one sentence for people; called only while the server is not ready
 * @param note one line of information while the server is ready; empty if there is none
 */
public record Readiness(BooleanSupplier ready, Supplier<String> whyNot, Supplier<String> note) {

  Answer answer() {
    return ready.getAsBoolean() ? Answer.line(200, readyLine()) : Answer.line(503, notReadyLine());
  }

  /** Returns the line of the answer. */
  String line() {
    return ready.getAsBoolean() ? readyLine() : notReadyLine();
  }

  private String notReadyLine() {
    return "not ready: " + Printable.line(whyNot.get());
  }

  private String readyLine() {
    String text = note.get();
    return text.isEmpty() ? "ready" : "ready: " + Printable.line(text);
  }
}
