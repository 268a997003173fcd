package io.pushfanout.cli;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
