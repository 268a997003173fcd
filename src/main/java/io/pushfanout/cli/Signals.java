package io.pushfanout.cli;

import io.pushfanout.concurrent.Threads;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
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
  private final CountDownLatch first = new CountDownLatch(1);
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
    handle("TERM");
    handle("INT");
  }

  /**
   * Installs the handler for one signal by reflection: javac warns about each mention of the class,
   * and the warning cannot be suppressed.
   */
  private void handle(String name) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object receiver =
        Proxy.newProxyInstance(
            Signals.class.getClassLoader(),
            new Class<?>[] {handler},
            (_, _, _) -> {
              receive();
              return null;
            });
    signal
        .getMethod("handle", signal, handler)
        .invoke(null, signal.getConstructor(String.class).newInstance(name), receiver);
  }

  /** Waits for the first signal; returns at once if one has arrived already. */
  void awaitFirst() throws InterruptedException {
    first.await();
  }

  void receive() {
    switch (received.incrementAndGet()) {
      case 1 -> first.countDown();
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
