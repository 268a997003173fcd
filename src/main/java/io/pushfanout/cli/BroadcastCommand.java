package io.pushfanout.cli;

import com.google.protobuf.ByteString;
import io.pushfanout.cli.Console.OutputException;
import io.pushfanout.cli.OptionTypes.Output;
import io.pushfanout.client.BroadcastCaller;
import io.pushfanout.client.BroadcastMessage;
import io.pushfanout.client.ClientTls;
import io.pushfanout.client.ReplyText;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.options.UsageException;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.text.QuantityFormat;
import io.pushfanout.tls.ReloadingTlsContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that sends one broadcast. */
@Command(
    name = "broadcast",
    description = "Sends a broadcast and prints the counts of the reply.",
    footer = {
      "",
      "Examples:",
      "  pushfanout broadcast hello                               to every user",
      "  pushfanout broadcast --room lobby --op 5 hello           to the room's subscribers",
      "  pushfanout broadcast --nodes 10.0.0.7:50052 hello        again, for the dropped_nodes of a"
          + " PARTIAL"
    },
    sortOptions = false,
    exitCodeList = {
      "0:OK or PARTIAL: at least one node took it",
      "1:DROPPED, NO_NODES, or an error",
      "2:wrong use of the command line"
    })
final class BroadcastCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "BODY",
      description = "The message's body; - takes it from stdin, bytes as they are.")
  private String body = "";

  @Option(
      names = "--to",
      paramLabel = "HOST:PORT",
      description = "The fan-out server (default: 127.0.0.1:50053).")
  private NodeAddress to = new NodeAddress("127.0.0.1", 50053);

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      description = "Only for the subscribers of this room.")
  private @Nullable String room;

  @Option(
      names = "--op",
      paramLabel = "N",
      description =
          "The message's op, such as its kind; nodes and users read it as they agree (default: 0).")
  private int op;

  @Option(
      names = "--ver",
      paramLabel = "N",
      description = "The version of the body's format, likewise (default: 0).")
  private int ver;

  @Option(
      names = "--seq",
      paramLabel = "N",
      description = "The message's number in a sequence, likewise (default: 0).")
  private int seq;

  @Option(
      names = BroadcastOptions.NODES,
      paramLabel = "HOST:PORT",
      split = ",",
      description =
          "A node of the target that gets it, instead of all, such as the dropped_nodes of a"
              + " PARTIAL reply; may be repeated.")
  private List<NodeAddress> nodes = new ArrayList<>();

  @Option(
      names = "--wait",
      description =
          "Waits until each delivery has ended, within --timeout, and prints how many are delivered,"
              + " have failed and are pending.")
  private boolean wait;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description =
          "Id of the message, such as a UUID: a message that is sent again with its id is enqueued"
              + " once.")
  private @Nullable String id;

  @Mixin private TargetOption target = new TargetOption();

  @Mixin private TokenOption token = new TokenOption();

  @Mixin private ClientTlsFlags tls = new ClientTlsFlags();

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "How long to wait for the answer (default: 10s).")
  private Duration timeout = Duration.ofSeconds(10);

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "How the reply is printed (default: text).")
  private Output output = Output.TEXT;

  BroadcastCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    BroadcastOptions options = options();
    BroadcastMessage message =
        new BroadcastMessage(
            options.room(),
            options.ver(),
            options.op(),
            options.seq(),
            ByteString.copyFrom(options.body()),
            options.target(),
            options.nodes(),
            options.receipt(),
            options.id());
    try (ReloadingTlsContext live = ClientTls.open(options.tls());
        BroadcastCaller caller =
            new BroadcastCaller(options.to(), ClientTls.with(live, options.tls()), token.token())) {
      BroadCastReply reply = caller.send(message, options.timeout());
      print(reply);
      return exitCode(reply);
    }
  }

  /**
   * Prints the reply. If stdout fails, the error reports that the broadcast was sent: the user
   * might otherwise send it twice.
   */
  private void print(BroadCastReply reply) throws OutputException {
    String text =
        switch (output) {
          case JSON -> ReplyText.json(reply);
          case TEXT -> wait ? ReplyText.receipt(reply) : ReplyText.text(reply);
        };
    try {
      console.print(text + System.lineSeparator());
    } catch (OutputException _) {
      throw new OutputException("the broadcast was sent and answered " + reply.getMsg());
    }
  }

  /**
   * Returns the exit code from the reply's code alone: a connect-node replies without the counts,
   * which only the server adds.
   */
  private static int exitCode(BroadCastReply reply) {
    return switch (reply.getCode()) {
      case "0", "1" -> ExitCodes.DONE;
      default -> ExitCodes.FAILED;
    };
  }

  BroadcastOptions options() throws IOException {
    return new BroadcastOptions(
        to, tls.tls(), room, ver, op, seq, target.checked(), nodes, wait, id, timeout, bytes());
  }

  private byte[] bytes() throws IOException {
    if (!body.equals("-")) {
      return body.getBytes(StandardCharsets.UTF_8);
    }
    int most = Bounds.MESSAGE_BYTES_MAX;
    byte[] bytes = console.in().readNBytes(most + 1);
    if (bytes.length > most) {
      throw new UsageException("BODY", "no server takes more than " + QuantityFormat.format(most));
    }
    return bytes;
  }
}
