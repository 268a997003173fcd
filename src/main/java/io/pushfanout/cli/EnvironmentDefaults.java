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
 * Takes options that the command line leaves out from the environment: {@code --grpc-port} from
 * {@code PUSHFANOUT_GRPC_PORT}, a repeated one from a comma list. An empty variable counts as
 * unset, because that is how compose files and scripts leave one out.
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

  /** Returns the value of the variable that stands in for this argument; null where none does. */
  @Nullable String value(@Nullable ArgSpec argument) {
    return setVariable(argument).map(environment::get).orElse(null);
  }

  /** The variable that stands in for this argument, if it is set. */
  Optional<String> setVariable(@Nullable ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? variable(option).filter(v -> !environment.getOrDefault(v, "").isEmpty())
        : Optional.empty();
  }

  /**
   * Returns what is wrong with a list that was given and has no item, such as {@code ,}: it would
   * count as none, which is every node to {@code --nodes}. Empty where none is so.
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

  /** Returns the variable that stands in for this option; empty where none does. */
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

  /** Nobody asks for help by a variable, and images do set a PUSHFANOUT_VERSION. */
  private static boolean isOnlyForPeople(OptionSpec option) {
    return option.usageHelp() || option.versionHelp();
  }
}
