package io.pushfanout.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

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

  /** To the command and all below it, and to their help. */
  void applyTo(CommandLine command) {
    command.setDefaultValueProvider(this);
    explain(command);
    command.getSubcommands().values().forEach(EnvironmentDefaults::explain);
  }

  @Override
  @SuppressWarnings("NullAway") // picocli's contract: null where there is no default
  public String defaultValue(ArgSpec argument) {
    return setVariable(argument).map(environment::get).orElse(null);
  }

  /** The variable that stands in for this argument, if it is set. */
  Optional<String> setVariable(@Nullable ArgSpec argument) {
    return argument instanceof OptionSpec option && !isOnlyForPeople(option)
        ? Optional.of(variable(option)).filter(v -> !environment.getOrDefault(v, "").isEmpty())
        : Optional.empty();
  }

  private static String variable(OptionSpec option) {
    return "PUSHFANOUT_"
        + option.longestName().substring("--".length()).replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** Nobody asks for help by a variable, and images do set a PUSHFANOUT_VERSION. */
  private static boolean isOnlyForPeople(OptionSpec option) {
    return option.usageHelp() || option.versionHelp();
  }

  private static void explain(CommandLine command) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("Environment, for options that are not given (lists comma-separated):");
    command.getCommandSpec().options().stream()
        .filter(option -> !isOnlyForPeople(option))
        .map(option -> "  " + variable(option))
        .forEach(lines::add);
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    usage.footer(lines.toArray(String[]::new));
  }
}
