package io.pushfanout.cli;

import io.pushfanout.options.UsageException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A provider of option values from the environment, for options that the command line leaves out:
 * {@code --grpc-port} from {@code PUSHFANOUT_GRPC_PORT}, a repeated option from a comma list. An
 * empty variable counts as unset, because compose files and scripts leave variables out this way.
 */
final class EnvironmentDefaults implements IDefaultValueProvider {
  private final Map<String, String> environment;

  EnvironmentDefaults(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  @SuppressWarnings("NullAway") // picocli's contract: null where there is no default
  public String defaultValue(ArgSpec argument) {
    return value(argument);
  }

  /** Returns the value of the variable that replaces this argument; null if there is none. */
  @Nullable String value(@Nullable ArgSpec argument) {
    return setVariable(argument).map(environment::get).orElse(null);
  }

  /** Returns the variable that replaces this argument, if set. */
  Optional<String> setVariable(@Nullable ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? variable(option).filter(v -> !environment.getOrDefault(v, "").isEmpty())
        : Optional.empty();
  }

  /**
   * Returns the error of a given list without items, such as {@code ,}; empty if there is none.
   * Such a list would count as no value, which for {@code --nodes} means every node.
   */
  Optional<UsageException> listWithoutValue(CommandLine command) {
    if (command.isUsageHelpRequested() || command.isVersionHelpRequested()) {
      return Optional.empty();
    }
    return command.getCommandSpec().options().stream()
        .filter(option -> !option.splitRegex().isEmpty())
        .filter(
            option ->
                given(command, option).stream()
                    .anyMatch(
                        text -> !text.isEmpty() && text.split(option.splitRegex()).length == 0))
        .map(option -> new UsageException(option.longestName(), "needs a value"))
        .findFirst();
  }

  private List<String> given(CommandLine command, OptionSpec option) {
    return command.getParseResult().hasMatchedOption(option)
        ? option.originalStringValues()
        : setVariable(option).map(environment::get).stream().toList();
  }

  /** Returns the variable that replaces this option; empty if the option has none. */
  static Optional<String> variable(OptionSpec option) {
    return isOnlyForPeople(option)
        ? Optional.empty()
        : Optional.of(
            "PUSHFANOUT_"
                + option
                    .longestName()
                    .substring("--".length())
                    .replace('-', '_')
                    .toUpperCase(Locale.ROOT));
  }

  /**
   * Returns whether an option has no variable: help and version are requested by hand, and images
   * do set a PUSHFANOUT_VERSION.
   */
  private static boolean isOnlyForPeople(OptionSpec option) {
    return option.usageHelp() || option.versionHelp();
  }
}
