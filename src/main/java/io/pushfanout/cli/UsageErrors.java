package io.pushfanout.cli;

import io.pushfanout.logging.LogFormat;
import io.pushfanout.options.UsageException;
import io.pushfanout.text.Printable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * A reporter of command line errors. The first line starts with the command and the flag; the
 * second names the help option. A value from the environment is named by its variable too.
 */
final class UsageErrors implements IParameterExceptionHandler {
  private final EnvironmentDefaults environment;
  private final PrintWriter err;

  UsageErrors(EnvironmentDefaults environment, PrintWriter err) {
    this.environment = environment;
    this.err = err;
  }

  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    List<String> given = List.of(arguments);
    return report(e.getCommandLine(), logFormat(e.getCommandLine(), given), describe(e, given));
  }

  /** Reports a command line that a command has rejected. */
  int report(CommandLine command, UsageException e) {
    OptionSpec option = command.getCommandSpec().findOption(e.flag());
    boolean typed = option != null && command.getParseResult().hasMatchedOption(option);
    String given = e.given().isEmpty() ? "" : " " + e.given();
    return report(
        command,
        RootCommand.formatOf(command.getCommandSpec()),
        e.flag() + given + origin(option, typed) + ": " + e.problem());
  }

  /** Reports arguments that a command does not have. */
  int report(CommandLine command, UnmatchedArgumentException e) {
    return report(command, RootCommand.formatOf(command.getCommandSpec()), unmatched(e));
  }

  private int report(CommandLine command, LogFormat format, String problem) {
    String name = command.getCommandSpec().qualifiedName();
    err.println(format.line(Level.ERROR, Printable.line(name + ": " + problem)));
    err.println(format.line(Level.ERROR, "Try '" + name + " --help'."));
    return ExitCodes.USAGE;
  }

  /**
   * Returns the log format of a command line that failed to parse: logging is not configured yet.
   */
  private LogFormat logFormat(CommandLine command, List<String> arguments) {
    List<String> options =
        arguments.stream().takeWhile(argument -> !argument.equals("--")).toList();
    for (int i = 0; i < options.size(); i++) {
      String option = options.get(i);
      if (option.startsWith(RootCommand.LOG_FORMAT + "=")) {
        return LogFormat.of(option.substring(RootCommand.LOG_FORMAT.length() + 1));
      }
      if (option.equals(RootCommand.LOG_FORMAT) && i + 1 < options.size()) {
        return LogFormat.of(options.get(i + 1));
      }
    }
    return LogFormat.of(
        environment.value(command.getCommandSpec().findOption(RootCommand.LOG_FORMAT)));
  }

  private String describe(ParameterException e, List<String> arguments) {
    return switch (e) {
      case UnmatchedArgumentException unmatched -> unmatched(unmatched);
      case OverwrittenOptionException twice -> label(twice.getOverwritten()) + ": is given twice";
      case MissingParameterException missing -> missing(missing);
      default -> badValue(e, arguments);
    };
  }

  private static String unmatched(UnmatchedArgumentException e) {
    String argument = e.getUnmatched().getFirst();
    if (argument.startsWith("-")) {
      List<String> similar = e.getSuggestions();
      String hint = similar.isEmpty() ? "" : "; did you mean " + similar.getFirst() + "?";
      return argument.split("=", 2)[0] + ": no such option" + hint;
    }
    return e.getCommandLine().getSubcommands().isEmpty()
        ? argument + ": one argument too many"
        : noSuchCommand(argument, e.getCommandLine());
  }

  private static String noSuchCommand(String name, CommandLine program) {
    return name
        + ": no such command; there are "
        + String.join(", ", program.getSubcommands().keySet());
  }

  private static String missing(MissingParameterException e) {
    CommandLine command = e.getCommandLine();
    List<String> unread = command.getUnmatchedArguments();
    if (!unread.isEmpty()) {
      // The missing argument may be the unmatched one, misspelt.
      return unmatched(new UnmatchedArgumentException(command, unread));
    }
    ArgSpec argument = e.getMissing().getFirst();
    return label(argument) + (argument.isOption() ? ": needs a value" : ": is needed");
  }

  private String badValue(ParameterException e, List<String> arguments) {
    ArgSpec argument = e.getArgSpec();
    Throwable cause = e.getCause();
    if (argument == null && e.getValue() != null) {
      // The help command, which reports its argument in another form.
      return noSuchCommand(e.getValue(), e.getCommandLine());
    }
    if (argument == null || cause == null || cause.getMessage() == null) {
      return Objects.requireNonNullElse(e.getMessage(), "not understood");
    }
    String label = label(argument);
    // The parse result does not yet contain the option that picocli failed to read.
    boolean typed = arguments.stream().anyMatch(a -> a.equals(label) || a.startsWith(label + "="));
    return label + origin(argument, typed) + ": " + cause.getMessage();
  }

  private String origin(@Nullable ArgSpec argument, boolean typed) {
    return typed ? "" : environment.setVariable(argument).map(v -> " (" + v + ")").orElse("");
  }

  private static String label(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }
}
