package io.pushfanout.cli;

import io.pushfanout.model.FanoutName;
import io.pushfanout.options.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --target}, as every command has it that broadcasts. */
final class TargetOption {
  @Option(
      names = "--target",
      paramLabel = "NAMESPACE/NAME",
      description = "The fanout to reach, or all; needed when there is more than one.")
  private @Nullable String target;

  /**
   * Null leaves it to the server.
   *
   * @throws UsageException when it is no target
   */
  @Nullable String checked() {
    if (target == null || target.equals("all")) {
      return target;
    }
    try {
      return FanoutName.parse(target).toString();
    } catch (IllegalArgumentException _) {
      throw new UsageException(
          "--target", "must be <namespace>/<name> or all, is \"" + target + "\"");
    }
  }
}
