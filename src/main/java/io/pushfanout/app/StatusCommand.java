package io.pushfanout.app;

import io.pushfanout.management.ServerUrl;
import io.pushfanout.management.StatusClient;
import io.pushfanout.management.StatusTable;
import io.pushfanout.tls.LiveTls;
import io.pushfanout.tls.PemFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "PEM authorities of the server's certificate, instead of the JDK's.")
  private @Nullable Path ca;

  @Option(
      names = "--output",
      paramLabel = "table|json",
      description = "How the status is printed (default: table).")
  private Output output = Output.TABLE;

  @Option(
      names = "--watch",
      description = "Prints it again each second, until interrupted or its reader has gone.")
  private boolean watch;

  StatusCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    try (LiveTls tls = tls();
        StatusClient client = new StatusClient(server, tls, TIMEOUT)) {
      print(client);
      while (watch) {
        if (output == Output.JSON) {
          Thread.sleep(RATE_INTERVAL); // A table takes as long to measure.
        }
        print(client);
      }
    }
    return ExitCodes.DONE;
  }

  private void print(StatusClient client) throws IOException, InterruptedException {
    console.print(
        output == Output.JSON
            ? client.fetch().json() + System.lineSeparator()
            : StatusTable.measure(client, RATE_INTERVAL));
  }

  private @Nullable LiveTls tls() {
    if (ca == null) {
      return null;
    }
    if (!server.isTls()) {
      throw new UsageException("--tls-ca", "needs an https:// URL in --server");
    }
    return new TlsFiles(new PemFiles(null, null, ca), "--tls-ca").open();
  }
}
