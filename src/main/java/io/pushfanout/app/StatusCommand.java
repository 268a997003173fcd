package io.pushfanout.app;

import io.pushfanout.management.ServerUrl;
import io.pushfanout.management.StatusClient;
import io.pushfanout.management.StatusTable;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows a running server. */
@Command(
    name = "status",
    description = "Shows the nodes, queues and counts of a running server.",
    sortOptions = false)
final class StatusCommand implements Callable<Integer> {
  /** How the status is printed. */
  enum Output {
    TABLE,
    JSON
  }

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Rates are what changes between two looks. */
  private static final Duration RATE_INTERVAL = Duration.ofSeconds(1);

  private final Console console;

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "The server's HTTP address (default: http://127.0.0.1:8080).")
  private ServerUrl server = ServerUrl.parse("http://127.0.0.1:8080");

  @Option(
      names = "--output",
      paramLabel = "table|json",
      description = "How the status is printed (default: table).")
  private Output output = Output.TABLE;

  StatusCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    try (StatusClient client = new StatusClient(server, TIMEOUT)) {
      console
          .out()
          .print(
              output == Output.JSON
                  ? client.fetch().json() + System.lineSeparator()
                  : StatusTable.measure(client, RATE_INTERVAL));
      console.out().flush();
    }
    return ExitCodes.DONE;
  }
}
