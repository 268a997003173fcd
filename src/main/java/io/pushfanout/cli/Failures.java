package io.pushfanout.cli;

import com.google.common.base.Throwables;
import io.pushfanout.logging.LogFormat;
import io.pushfanout.options.UsageException;
import io.pushfanout.reload.FileException;
import io.pushfanout.text.Causes;
import io.pushfanout.text.Printable;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * A handler that ends a failed command with a one-line error; the stack trace is logged at debug
 * level only.
 */
final class Failures implements IExecutionExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  private final UsageErrors usage;
  private final PrintWriter err;

  Failures(UsageErrors usage, PrintWriter err) {
    this.usage = usage;
    this.err = err;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof UsageException wrongUse) {
      return usage.report(command, wrongUse);
    }
    return report(command, e);
  }

  /** Reports a failure after the command's own code has ended. */
  int report(CommandLine command, Exception e) {
    String name = command.getCommandSpec().qualifiedName();
    LogFormat format = RootCommand.formatOf(command.getCommandSpec());
    err.println(format.line(Level.ERROR, Printable.line(name + ": " + describe(e))));
    log.debug("{} failed", name, e);
    return ExitCodes.FAILED;
  }

  /**
   * Returns the description of a failure. The message of a checked exception is complete. For other
   * exceptions, the outer message has the failed action and the innermost the cause: both are used,
   * unless one contains the other.
   */
  private static String describe(Exception e) {
    String what = message(e);
    if (!(e instanceof RuntimeException)) {
      return what;
    }
    String why = message(Throwables.getRootCause(e));
    return what.contains(why) ? what : what + ": " + why;
  }

  /**
   * Returns the message of an exception; unchecked exceptions keep their type, needed to find the
   * bug.
   */
  private static String message(Throwable e) {
    if (e instanceof FileSystemException file && file.getFile() != null) {
      // The exception's own message is mostly the name of the file alone.
      return file.getFile() + ": " + FileException.why(file);
    }
    boolean foreseen = e instanceof Exception && !(e instanceof RuntimeException);
    String message = Causes.message(e);
    return foreseen && message != null ? message : e.toString();
  }
}
