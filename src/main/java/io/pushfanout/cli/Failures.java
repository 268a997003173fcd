package io.pushfanout.cli;

import com.google.common.base.Throwables;
import io.pushfanout.files.FileException;
import io.pushfanout.logging.Logging;
import io.pushfanout.model.Causes;
import io.pushfanout.model.Printable;
import io.pushfanout.options.UsageException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Ends a command that threw with one line; where it was thrown is shown at debug level only. */
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

  /** The same for a command whose own code has ended. */
  int report(CommandLine command, Exception e) {
    String name = command.getCommandSpec().qualifiedName();
    err.println(Logging.format().line(Level.ERROR, Printable.line(name + ": " + describe(e))));
    log.debug("{} failed", name, e);
    return ExitCodes.FAILED;
  }

  /**
   * A checked exception's message was written to be read, and says all there is to say. Of others
   * the outer one says what failed and the innermost why: both, unless one holds the other.
   */
  private static String describe(Exception e) {
    String what = message(e);
    if (!(e instanceof RuntimeException)) {
      return what;
    }
    String why = message(Throwables.getRootCause(e));
    return what.contains(why) ? what : what + ": " + why;
  }

  /** A checked exception was foreseen and speaks for itself; others need their type to be found. */
  private static String message(Throwable e) {
    if (e instanceof FileSystemException file && file.getFile() != null) {
      // Its own message is the file's name alone, for most reasons.
      return file.getFile() + ": " + FileException.why(file);
    }
    boolean foreseen = e instanceof Exception && !(e instanceof RuntimeException);
    String message = Causes.message(e);
    return foreseen && message != null ? message : e.toString();
  }
}
