package io.pushfanout.cli;

import io.pushfanout.model.SettingException;
import io.pushfanout.options.ByteSize;
import io.pushfanout.options.UsageException;
import io.pushfanout.server.guard.Limits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags for the limits on callers of a server. */
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
          "Age at which callers have to connect again, so that they spread over new replicas; 0s is"
              + " never (default: 0s).")
  private Duration maxConnectionAge = Duration.ZERO;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description = "Callers' connections at a time; more are closed (default: 10000).")
  private int maxConnections = Limits.DEFAULT_MAX_CONNECTIONS;

  @Option(
      names = "--max-calls",
      paramLabel = "N",
      description = "Broadcasts in flight at a time, over all connections (default: 10000).")
  private int maxCalls = Limits.DEFAULT_MAX_CALLS;

  @Option(
      names = "--max-caller-rate",
      paramLabel = "N",
      description = "Broadcasts a second of one caller; 0 is no limit (default: 0).")
  private int maxCallerRate;

  @Option(
      names = "--memory-budget",
      paramLabel = "QUANTITY",
      description =
          "What messages may take of the heap, such as 256Mi, before new ones are refused and old"
              + " ones shed (default: half of the heap).")
  private @Nullable ByteSize memoryBudget;

  @Option(
      names = "--dedupe-window",
      paramLabel = "DURATION",
      description =
          "Time for which a message's id is remembered, so that a message sent again is enqueued once;"
              + " 0s remembers none (default: 5m).")
  private Duration dedupeWindow = Limits.DEFAULT_DEDUPE_WINDOW;

  @Option(
      names = "--max-rooms-per-node",
      paramLabel = "N",
      description =
          "Rooms that one node may list; a node with more gets every message (default: 1000000).")
  private int maxRoomsPerNode = Limits.DEFAULT_MAX_ROOMS_PER_NODE;

  /**
   * Returns the limits.
   *
   * @throws UsageException with the flag of an invalid value
   */
  Limits limits() {
    try {
      return new Limits(
          Limits.checkedMessageSize(maxMessageSize.bytes()),
          maxConnectionAge,
          maxConnections,
          maxCalls,
          maxCallerRate,
          memoryBudget == null ? Limits.defaultMemoryBudget() : memoryBudget.bytes(),
          dedupeWindow,
          maxRoomsPerNode);
    } catch (SettingException e) {
      throw new UsageException(e.field(), e.problem());
    }
  }
}
