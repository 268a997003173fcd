package io.pushfanout.cli;

import io.pushfanout.model.FanoutName;
import io.pushfanout.options.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --target} of every command that broadcasts. */
final class TargetOption {
  @Option(
      names = "--target",
      paramLabel = "NAMESPACE/NAME",
      description = "The fanout to reach, or all; needed when there is more than one.")
  private @Nullable String target;

  /**
   * Returns the target; null leaves the choice to the server.
   *
   * @throws UsageException when the target is malformed
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
