package io.pushfanout.cli;

import io.pushfanout.cli.Console.OutputException;
import io.pushfanout.client.ServerUrl;
import io.pushfanout.client.StatusChoice;
import io.pushfanout.client.StatusClient;
import io.pushfanout.client.StatusSample;
import io.pushfanout.client.StatusTable;
import io.pushfanout.model.FanoutName;
import io.pushfanout.options.TlsFiles;
import io.pushfanout.options.UsageException;
import io.pushfanout.text.Printable;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tls.ReloadingTlsContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that shows the status of a running server. */
@Command(
    name = "status",
    description = "Shows the nodes, queues and counts of a running server, the worst nodes first.",
    footer = {
      "",
      "Examples:",
      "  pushfanout status --top 10                   the worst ten nodes of each fanout",
      "  pushfanout status --watch --fanout acme/chat"
    },
    sortOptions = false,
    exitCodeList = {
      "0:the server is ready",
      "1:it is not ready, or does not answer",
      "2:wrong use of the command line"
    })
final class StatusCommand implements Callable<Integer> {
  /** The format of the status. */
  enum Output {
    TABLE,
    JSON;

    @Override
    public String toString() {
      return OptionTypes.word(this);
    }
  }

  private static final String TOP = "--top";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Time between the two samples of a rate. */
  private static final Duration RATE_INTERVAL = Duration.ofSeconds(1);

  /** Node rows per fanout that fit on a terminal below the other lines of the fanout. */
  private static final int TOP_ON_TERMINAL = 20;

  private final Console console;

  @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
  @Spec
  private CommandSpec spec;

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
      description =
          "Shows it again each second, until interrupted or its reader has gone: in its place on a"
              + " terminal, else below. It shows a failed request and goes on.")
  private boolean watch;

  @Option(
      names = "--fanout",
      paramLabel = "NAMESPACE/NAME",
      description = "Shows this fanout alone.")
  private @Nullable FanoutName fanout;

  @Option(
      names = TOP,
      paramLabel = "N",
      description =
          "Shows the worst N nodes of each fanout (default: all, 20 with --watch on a terminal).")
  private @Nullable Integer top;

  StatusCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    boolean redraws = watch && output == Output.TABLE && console.shown().getAsBoolean();
    StatusChoice choice = choice(redraws);
    try (ReloadingTlsContext tls = tls();
        StatusClient client = new StatusClient(server, tls, TIMEOUT)) {
      if (!watch) {
        return print(client, choice, redraws) ? ExitCodes.DONE : ExitCodes.FAILED;
      }
      while (true) {
        boolean measured = watchOnce(client, choice, redraws);
        if (!measured || output == Output.JSON) {
          Thread.sleep(RATE_INTERVAL); // Tables take the same time to measure.
        }
      }
    }
  }

  /**
   * Prints the status, or why it cannot be fetched: a watch outlives a restart of its server.
   *
   * @return whether it was fetched
   * @throws OutputException when stdout has no reader
   */
  private boolean watchOnce(StatusClient client, StatusChoice choice, boolean redraws)
      throws OutputException, InterruptedException {
    try {
      var _ = print(client, choice, redraws);
      return true;
    } catch (OutputException e) {
      throw e;
    } catch (IOException e) {
      String problem = Printable.line("pushfanout status: " + e.getMessage());
      if (redraws) {
        console.print(redrawn(problem + "\n"));
      } else {
        console.err().println(RootCommand.formatOf(spec).line(Level.ERROR, problem));
      }
      return false;
    }
  }

  private StatusChoice choice(boolean redraws) {
    if (output == Output.JSON && (fanout != null || top != null)) {
      throw new UsageException(
          fanout == null ? TOP : "--fanout", "has no use with --output json, which prints all");
    }
    if (top != null && top < 1) {
      throw new UsageException(TOP, "must be at least 1, is " + top);
    }
    int most = redraws ? TOP_ON_TERMINAL : Integer.MAX_VALUE;
    return new StatusChoice(fanout, Objects.requireNonNullElse(top, most));
  }

  /** Prints the status once; returns whether the server is ready. */
  private boolean print(StatusClient client, StatusChoice choice, boolean redraws)
      throws IOException, InterruptedException {
    if (output == Output.JSON) {
      StatusSample sample = client.fetch();
      console.print(sample.json() + System.lineSeparator());
      return sample.ready();
    }
    StatusTable.Page page = StatusTable.measure(client, RATE_INTERVAL, choice);
    console.print(redraws ? redrawn(page.text()) : page.text());
    return page.ready();
  }

  /**
   * Returns the text for redrawing from the first line of the screen. Old content is erased line by
   * line, to avoid flicker.
   */
  private static String redrawn(String text) {
    return "\u001b[H" + text.replace("\n", "\u001b[K\n") + "\u001b[J";
  }

  private @Nullable ReloadingTlsContext tls() {
    if (ca == null) {
      return null;
    }
    if (!server.isTls()) {
      throw new UsageException("--tls-ca", "needs an https:// URL in --server");
    }
    return new TlsFiles(new PemFiles(null, null, ca), "--tls-ca").open();
  }
}
