package io.pushfanout.cli;

import io.pushfanout.app.Service;
import io.pushfanout.app.Service.Listening;
import io.pushfanout.logging.Logging;
import io.pushfanout.posix.Signal;
import io.pushfanout.text.Printable;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.event.Level;

/**
 * A runner of a service until a signal ends it. The first and last line go to stderr at every log
 * level, because scripts wait for them. In JSON format, each line is the message of an object.
 */
final class ServiceRunner {
  private final Service service;
  private final PrintWriter err;
  private final AtomicBoolean lastLineSaid = new AtomicBoolean();

  private ServiceRunner(Service service, PrintWriter err) {
    this.service = service;
    this.err = err;
  }

  /** Runs the service; returns the exit code after the first signal and a graceful stop. */
  static int run(Service service, PrintWriter err) throws Exception {
    return run(service, err, _ -> {});
  }

  /**
   * Runs the service; returns the exit code after the first signal and a graceful stop.
   *
   * @param started callback that gets the listening addresses, after the first line is printed
   */
  static int run(Service service, PrintWriter err, Consumer<Listening> started) throws Exception {
    ServiceRunner foreground = new ServiceRunner(service, err);
    Signals signals = new Signals(foreground::abandon, Runtime.getRuntime()::halt);
    signals.install();
    return foreground.run(signals, started);
  }

  private int run(Signals signals, Consumer<Listening> started) throws Exception {
    // A signal during the start is kept: the wait below then ends at once.
    Listening where = service.start();
    print(where.toString());
    service.started();
    started.accept(where);
    Signal _ = signals.awaitFirst();
    sayLast(service.stop());
    return ExitCodes.DONE;
  }

  private void print(String line) {
    err.println(Logging.format().line(Level.INFO, line));
  }

  private void abandon() {
    sayLast(service.abandon());
  }

  /** Prints the last line once, even if a second signal arrives as the graceful stop ends. */
  private void sayLast(String line) {
    if (lastLineSaid.compareAndSet(false, true)) {
      print("pushfanout: " + Printable.line(line));
    }
  }
}
