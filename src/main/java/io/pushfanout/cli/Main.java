package io.pushfanout.cli;

import io.pushfanout.lookup.NameCaches;
import io.pushfanout.tls.TlsSessions;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The entry point of the process. */
public final class Main {
  private static final Logger log = LoggerFactory.getLogger(Main.class);

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(Console.ofProcess(), args));
  }

  /** Runs a command as the process does, and returns its exit code. */
  public static int run(Console console, String... args) {
    logUncaught();
    NameCaches.turnOff();
    TlsSessions.turnOffTickets();
    return execute(() -> Cli.of(console, args).execute(args));
  }

  /** Logs uncaught exceptions: the JVM would print them beside the log, in another format. */
  static void logUncaught() {
    Thread.setDefaultUncaughtExceptionHandler(Main::uncaught);
  }

  /**
   * Returns the exit code, after an error too: library threads would otherwise keep the process
   * alive.
   */
  static int execute(IntSupplier command) {
    try {
      return command.getAsInt();
    } catch (Throwable e) {
      uncaught(Thread.currentThread(), e);
      return ExitCodes.FAILED;
    }
  }

  private static void uncaught(Thread thread, Throwable e) {
    try {
      log.error("thread {} ended", thread.getName(), e);
    } catch (Throwable _) {
      // Logging may need the resource that is exhausted.
    }
  }
}
