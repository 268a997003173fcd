package io.pushfanout.cli;

import io.pushfanout.concurrent.Threads;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * SIGTERM and SIGINT. The first asks for a graceful stop, which the thread in {@link #awaitFirst}
 * carries out, to exit 0. The second ends the process at once with exit code 1, after its last
 * line.
 *
 * <p>Shutdown hooks cannot do this: once the JVM has begun to shut down it ignores further signals,
 * and it ends with 143 or 130 whatever the hooks achieve. {@code sun.misc.Signal} has no supported
 * successor.
 *
 * <p>Each signal arrives on a thread of its own.
 */
final class Signals {
  /** The last line is worth a moment, but nothing may keep a process that was told twice to end. */
  private static final Duration LAST_LINE_MAY_TAKE = Duration.ofSeconds(2);

  private final Runnable lastLine;
  private final IntConsumer halt;
  private final CountDownLatch first = new CountDownLatch(1);
  private final AtomicInteger received = new AtomicInteger();

  /**
   * @param lastLine is run at the second signal
   * @param halt ends the process with a code, at once
   */
  Signals(Runnable lastLine, IntConsumer halt) {
    this.lastLine = lastLine;
    this.halt = halt;
  }

  /**
   * From now on both signals come here, for as long as the process lives.
   *
   * @throws ReflectiveOperationException on a JVM that has no such signals
   */
  void install() throws ReflectiveOperationException {
    handle("TERM");
    handle("INT");
  }

  /** By reflection, because javac warns of each mention of the class and cannot be told not to. */
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

  /** Returns when a signal has come, or at once when one had come already. */
  void awaitFirst() throws InterruptedException {
    first.await();
  }

  void receive() {
    switch (received.incrementAndGet()) {
      case 1 -> first.countDown();
      case 2 -> endNow();
      default -> {
        // The second is at it.
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
