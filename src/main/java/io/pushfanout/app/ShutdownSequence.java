package io.pushfanout.app;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The started parts, which are stopped in reverse order. Not thread-safe. */
public final class ShutdownSequence {
  private static final Logger log = LoggerFactory.getLogger(ShutdownSequence.class);

  private final Deque<Part> parts = new ArrayDeque<>();

  private record Part(String name, Runnable stop) {}

  /** Adds a started part; it stops before all parts that were pushed before it. */
  public void push(String name, Runnable stop) {
    parts.push(new Part(name, stop));
  }

  /** Stops all parts; a part that fails to stop does not keep the others running. */
  public void stopAll() {
    for (Part part = parts.poll(); part != null; part = parts.poll()) {
      try {
        part.stop().run();
      } catch (RuntimeException e) {
        log.warn("{} did not stop in order", part.name(), e);
      }
    }
  }
}
