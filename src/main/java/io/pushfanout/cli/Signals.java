package io.pushfanout.cli;

import io.pushfanout.concurrent.Threads;
import io.pushfanout.posix.Signal;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * A handler of SIGTERM and SIGINT. The first signal starts a graceful stop, which the thread in
 * {@link #awaitFirst} performs, with exit code 0. The second signal ends the process at once with
 * exit code 1, after a last line.
 *
 * <p>Shutdown hooks cannot replace it: a JVM that is shutting down ignores further signals and ends
 * with 143 or 130, independent of the hooks. {@code sun.misc.Signal} has no supported successor.
 *
 * <p>Each signal arrives on a separate thread.
 */
final class Signals {
  /** Time for the last line; after the second signal, the process must end soon. */
  private static final Duration LAST_LINE_MAY_TAKE = Duration.ofSeconds(2);

  private final Runnable lastLine;
  private final IntConsumer halt;
  private final CompletableFuture<Signal> first = new CompletableFuture<>();
  private final AtomicInteger received = new AtomicInteger();

  /**
   * Creates a handler, not yet installed.
   *
   * @param lastLine action at the second signal, to print the last line
   * @param halt action that ends the process at once with an exit code
   */
  Signals(Runnable lastLine, IntConsumer halt) {
    this.lastLine = lastLine;
    this.halt = halt;
  }

  /**
   * Installs the handler for both signals, for the life of the process.
   *
   * @throws ReflectiveOperationException on a JVM that has no such signals
   */
  void install() throws ReflectiveOperationException {
    for (Signal signal : Signal.values()) {
      handle(signal);
    }
  }

  /**
   * Installs the handler for one signal by reflection: javac warns about each mention of the class,
   * and the warning cannot be suppressed.
   */
  private void handle(Signal handled) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object receiver =
        Proxy.newProxyInstance(
            Signals.class.getClassLoader(),
            new Class<?>[] {handler},
            (_, _, _) -> {
              receive(handled);
              return null;
            });
    signal
        .getMethod("handle", signal, handler)
        .invoke(null, signal.getConstructor(String.class).newInstance(handled.name()), receiver);
  }

  /** Waits for the first signal; returns at once if one has arrived already. */
  Signal awaitFirst() throws InterruptedException {
    try {
      return first.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a signal fails nowhere", e);
    }
  }

  void receive(Signal signal) {
    switch (received.incrementAndGet()) {
      case 1 -> first.complete(signal);
      case 2 -> endNow();
      default -> {
        // The second signal already ends the process.
      }
    }
  }

  private void endNow() {
    try {
      Thread line = Threads.start("last line", lastLine);
      boolean _ = line.join(LAST_LINE_MAY_TAKE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      halt.accept(ExitCodes.FAILED);
    }
  }
}
