package io.pushfanout.app;

import io.pushfanout.model.SettingException;
import io.pushfanout.server.Limits;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What a server takes from its callers. */
final class LimitFlags {
  @Option(
      names = "--max-message-size",
      paramLabel = "QUANTITY",
      description = "The largest broadcast taken, 1Ki to 100Mi (default: 4Mi).")
  private ByteSize maxMessageSize = new ByteSize(Limits.DEFAULT_MAX_MESSAGE_SIZE);

  @Option(
      names = "--max-connection-age",
      paramLabel = "DURATION",
      description =
          "When callers are asked to connect again, so that they spread over new replicas; 0s is"
              + " never (default: 0s).")
  private Duration maxConnectionAge = Duration.ZERO;

  /**
   * @throws UsageException names the flag of a value that cannot be
   */
  Limits limits() {
    try {
      return new Limits(Limits.checkedMessageSize(maxMessageSize.bytes()), maxConnectionAge);
    } catch (SettingException e) {
      throw new UsageException(e.field(), e.problem());
    }
  }
}
