package io.pushfanout.cli;

import io.pushfanout.bench.Bench;
import io.pushfanout.bench.BenchOptions;
import io.pushfanout.bench.BenchProgress;
import io.pushfanout.bench.BenchResult;
import io.pushfanout.cli.OptionTypes.Output;
import io.pushfanout.client.ServerUrl;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.options.ByteSize;
import io.pushfanout.posix.Signal;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that puts load on a running server and measures it. */
@Command(
    name = "bench",
    description = {
      "Loads a running server at a steady rate, prints rates and latencies, and suggests workers.",
      "What it sends is delivered to the users: use a server or a room that is for it."
    },
    sortOptions = false,
    exitCodeList = {
      "0:measured, to the end or to Ctrl-C",
      "1:the server cannot be reached, or no broadcast was answered",
      "2:wrong use of the command line"
    })
final class BenchCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--to",
      paramLabel = "HOST:PORT",
      description = "The fan-out server (default: 127.0.0.1:50053).")
  private NodeAddress to = new NodeAddress("127.0.0.1", 50053);

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Broadcasts a second, however long the answers take (default: 1000).")
  private int rate = 1000;

  @Option(
      names = "--duration",
      paramLabel = "DURATION",
      description = "How long it is measured (default: 10s).")
  private Duration duration = Duration.ofSeconds(10);

  @Option(
      names = "--warmup",
      paramLabel = "DURATION",
      description = "How long the same load runs before that (default: 5s).")
  private Duration warmup = Duration.ofSeconds(5);

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      description = "Bytes of a message's body, such as 100 or 64Ki (default: 100).")
  private ByteSize size = new ByteSize(100);

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      description = "Only for the subscribers of this room.")
  private @Nullable String room;

  @Option(
      names = "--rooms",
      paramLabel = "N",
      description = "Let so many rooms take turns: ROOM-1, ROOM-2 … (bench-1 … without --room).")
  private int rooms;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "Connections to the server (default: 1).")
  private int connections = 1;

  @Option(
      names = "--stream",
      description =
          "Each connection sends its broadcasts by one stream (pushfanout.v1.Ingest), many in one"
              + " request, and not by a call for each.")
  private boolean streams;

  @Mixin private ClientTlsFlags tls = new ClientTlsFlags();

  @Mixin private TargetOption target = new TargetOption();

  @Mixin private TokenOption token = new TokenOption();

  @Option(
      names = "--http",
      paramLabel = "URL",
      description =
          "The server's HTTP address, such as http://127.0.0.1:8080: what its nodes count is"
              + " printed too, and workers are suggested.")
  private @Nullable ServerUrl http;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "How the result is printed (default: text).")
  private Output output = Output.TEXT;

  BenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    Bench bench =
        new Bench(options(), new BenchProgress(console.err(), console.watched().getAsBoolean()));
    Signals signals = new Signals(() -> {}, Runtime.getRuntime()::halt);
    signals.install();
    Threads.start("stop", () -> stopAtSignal(signals, bench));
    BenchResult result = bench.run();
    console.out().println(output == Output.JSON ? result.json() : result.text());
    return result.load().answered() > 0 ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private static void stopAtSignal(Signals signals, Bench bench) {
    try {
      Signal _ = signals.awaitFirst();
      bench.stop();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  BenchOptions options() {
    return new BenchOptions(
        to,
        tls.tls(),
        rate,
        duration,
        warmup,
        size.bytes(),
        room,
        rooms,
        connections,
        streams,
        target.checked(),
        token.token(),
        http);
  }
}
