package io.pushfanout.cli;

import io.pushfanout.cli.OptionTypes.Output;
import io.pushfanout.conformance.CheckOptions;
import io.pushfanout.conformance.CheckResult;
import io.pushfanout.conformance.NodeCheck;
import io.pushfanout.conformance.OptionalService;
import io.pushfanout.conformance.Rule;
import io.pushfanout.conformance.RuleResult;
import io.pushfanout.model.NodeAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that checks a running connect-node by the rules of its documentation. */
@Command(
    name = "check-node",
    description = {
      "Calls a connect-node as PushFanout does, and checks each rule of docs/connect-nodes.md.",
      "Its messages are delivered to the users of a room: use a room that is for it."
    },
    footer = {
      "",
      "Examples:",
      "  pushfanout check-node 127.0.0.1:50052",
      "  pushfanout check-node node:50052 --require delivery,interest --output json"
    },
    sortOptions = false,
    exitCodeList = {
      "0:no rule failed",
      "1:a rule failed, or the node cannot be reached",
      "2:wrong use of the command line"
    })
final class CheckNodeCommand implements Callable<Integer> {
  /** The control sequence that returns to the start of the line and clears it. */
  private static final String CLEAR_LINE = "\r\u001b[K";

  private static final Duration QUIET = Duration.ofSeconds(1);

  private final Console console;

  @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
  @Parameters(paramLabel = "HOST:PORT", description = "The node's port for PushFanout.")
  private NodeAddress node;

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      description = "The room of all messages (default: pushfanout-check).")
  private String room = "pushfanout-check";

  @Option(
      names = "--body",
      paramLabel = "TEXT",
      description = "The beginning of each message's body (default: pushfanout check-node).")
  private String body = "pushfanout check-node";

  @Option(
      names = "--require",
      paramLabel = "delivery|interest",
      split = ",",
      description =
          "An optional service that the node must have, pushfanout.v1.Delivery or .Interest; may be"
              + " repeated. Without it the rules of a missing service are skipped.")
  private List<OptionalService> required = new ArrayList<>();

  @Mixin private ClientTlsFlags tls = new ClientTlsFlags();

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "How long one rule may take; all may take six times that (default: 5s).")
  private Duration timeout = Duration.ofSeconds(5);

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "How the results are printed (default: text).")
  private Output output = Output.TEXT;

  CheckNodeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    NodeCheck check =
        new NodeCheck(new CheckOptions(node, tls.tls(), room, body, timeout, Set.copyOf(required)));
    boolean watched = console.watched().getAsBoolean();
    long begin = System.nanoTime();
    CheckResult result =
        check.run(
            rule -> {
              if (watched && System.nanoTime() - begin > QUIET.toNanos()) {
                show(rule);
              }
            },
            ended -> {
              if (watched) {
                console.err().print(CLEAR_LINE);
                console.err().flush();
              }
              print(ended);
            });
    console.print(
        (output == Output.JSON ? result.json() : result.totals()) + System.lineSeparator());
    return result.passed() ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private void show(Rule rule) {
    console.err().print(CLEAR_LINE + "checking " + rule.name());
    console.err().flush();
  }

  private void print(RuleResult ended) {
    if (output == Output.TEXT) {
      console.out().println(ended.text());
    }
  }
}
