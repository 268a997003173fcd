package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.pushfanout.logging.LogFormat;
import io.pushfanout.logging.LogLevel;
import io.pushfanout.logging.Logging;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "node",
        "register",
        "broadcast",
        "status",
        "bench",
        "check-node",
        "validate",
        "demo"
      })
  void everyCommandHasHelpOnStdoutWithTheCommonOptionsAndItsVariables(String command) {
    CommandRun run = CommandRun.of(command, "--help");

    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("Usage: pushfanout " + command)
        .contains("--log-level", "--log-format", "--version", "PUSHFANOUT_LOG_FORMAT")
        .doesNotContain("PUSHFANOUT_HELP", "PUSHFANOUT_VERSION");
  }

  @Test
  void helpOfTheProgramListsTheCommands() {
    CommandRun help = CommandRun.of("--help");
    assertThat(help.out())
        .contains(
            "serve",
            "node",
            "register",
            "broadcast",
            "status",
            "bench",
            "check-node",
            "validate",
            "demo",
            "completion");
    assertThat(CommandRun.of("help")).isEqualTo(help);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "node",
        "register",
        "broadcast",
        "status",
        "bench",
        "check-node",
        "validate",
        "demo"
      })
  void helpOfACommandIsTheSameByBothWays(String command) {
    assertThat(CommandRun.of("help", command)).isEqualTo(CommandRun.of(command, "--help"));
  }

  @Test
  void helpOfNoCommandIsWrongUse() {
    assertThat(CommandRun.of("help", "sevre").code()).isEqualTo(2);
    assertThat(CommandRun.of("help", "sevre").err())
        .startsWith("pushfanout: sevre: no such command; there are serve, node,")
        .contains("Try '");
  }

  @Test
  void helpOfServeHasGroupsExamplesFormsAndAVariableBesideEachOption() {
    String help = CommandRun.of("serve", "--help").out();

    for (OptionGroup group : OptionGroup.values()) {
      assertThat(help).contains("\n" + group.heading() + ":\n");
    }
    assertThat(help)
        .contains(
            "\nExamples:\n",
            "--auth=none|kubernetes|tokens FILE|mtls",
            "[PUSHFANOUT_GRPC_PORT]",
            "[PUSHFANOUT_ETCD_PASSWORD]",
            "DURATION is",
            "QUANTITY is",
            "retry.maxAttempts",
            HelpPage.DOCS);
    assertThat(help.lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void completionIsAScriptOfAllCommandsAndOptions() {
    CommandRun run = CommandRun.of("completion");

    assertThat(run.code()).isZero();
    assertThat(run.out())
        .startsWith("#!/usr/bin/env bash")
        .contains("--shutdown-timeout", "broadcast", "complete ")
        // A shell completes values in lower case, as users type them.
        .contains("\"text\" \"json\"", "\"table\" \"json\"", "\"error\" \"warn\"")
        .doesNotContain("JSON", "TABLE");
  }

  @ParameterizedTest
  @CsvSource({
    "completion bash, 'pushfanout completion: bash: one argument too many'",
    "completion --nope, 'pushfanout completion: --nope: no such option'",
    "help serve node, 'pushfanout help: node: one argument too many'",
  })
  void aSmallCommandRefusesArgumentsThatItDoesNotHave(String arguments, String problem) {
    CommandRun run = CommandRun.of(arguments.split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith(problem);
  }

  @Test
  void manPagesAreOfAllCommandsAndHoldNoRequestByChance(@TempDir Path dir) throws IOException {
    assertThat(CommandRun.of("man-pages", dir.resolve("man1").toString()).code()).isZero();

    assertThat(dir.resolve("man1"))
        .isDirectoryContaining("glob:**/pushfanout.1")
        .isDirectoryContaining("glob:**/pushfanout-completion.1");
    String page = Files.readString(dir.resolve("man1").resolve("pushfanout-serve.1"));
    assertThat(page)
        .startsWith(".TH \"PUSHFANOUT\\-SERVE\" 1")
        .contains("\n.SH NAME\npushfanout\\-serve \\- Runs the fan\\-out server.")
        .contains("\\-\\-shutdown\\-timeout");
    assertThat(page.lines().filter(line -> line.startsWith(".")))
        .containsExactly(
            page.lines().findFirst().orElseThrow(), ".SH NAME", ".SH DESCRIPTION", ".nf", ".fi");
  }

  @Test
  void inJsonModeWrongUseIsObjectsToo() {
    CommandRun run =
        CommandRun.in(Map.of("PUSHFANOUT_LOG_FORMAT", "json"), "serve", "--grpc-port=70000");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err().lines().map(line -> new JsonObject(line).getString("message")))
        .containsExactly(
            "pushfanout serve: --grpc-port: must be from 0 to 65535, is 70000",
            "Try 'pushfanout serve --help'.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--log-format=json",
        "--log-format json help sevre",
        "sevre --log-format json",
        "serve --grpc-port=x --log-format=json",
        "serve --nope --log-format json",
        "broadcast --log-format json --nodes , hello"
      })
  void inJsonModeEachLineOfWrongUseIsAnObjectWhereverTheFormatStands(String arguments) {
    try {
      CommandRun run = CommandRun.of(arguments.split(" "));

      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err().lines())
          .isNotEmpty()
          .allSatisfy(line -> assertThat(new JsonObject(line).getString("message")).isNotNull());
    } finally {
      Logging.configure(LogLevel.INFO, LogFormat.TEXT);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "broadcast --nodes , hello        | broadcast: --nodes",
        "broadcast --nodes a:1 --nodes ,, hello | broadcast: --nodes",
        "serve --node ,                   | serve: --node",
        "serve --etcd-endpoints ,         | serve: --etcd-endpoints",
        "serve --kubernetes --ceiling ,   | serve: --ceiling",
        "node --allow-host ,              | node: --allow-host"
      })
  void aListWithoutAnItemIsNotTakenForNoList(String arguments, String option) {
    CommandRun run = CommandRun.of(arguments.split(" +"));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("pushfanout " + option + ": needs a value\n");
  }

  @Test
  void aVariableWithoutAnItemIsNotTakenForNoListEither() {
    CommandRun run = CommandRun.in(Map.of("PUSHFANOUT_NODE", ","), "serve");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("pushfanout serve: --node (PUSHFANOUT_NODE): needs a value\n");
    assertThat(CommandRun.in(Map.of("PUSHFANOUT_NODE", ","), "serve", "--help").code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"completion", "man-pages"})
  void helpOfASmallCommandHasNoTextsOfTheProgram(String command) {
    assertThat(CommandRun.of(command, "--help").out())
        .doesNotContain("Examples:", "\nOptions:")
        .contains("\nOf every command:\n");
  }

  @Test
  void inJsonModeAFailureIsAnObjectToo() {
    try {
      CommandRun run = CommandRun.of("status", "--server=http://127.0.0.1:1", "--log-format=json");

      assertThat(run.code()).isEqualTo(1);
      assertThat(new JsonObject(run.err()).getString("message"))
          .startsWith("pushfanout status: cannot reach http://127.0.0.1:1");
      assertThat(run.err().lines()).hasSize(1);
    } finally {
      Logging.configure(LogLevel.INFO, LogFormat.TEXT);
    }
  }

  @Test
  void versionGoesToStdout() {
    CommandRun run = CommandRun.of("--version");

    assertThat(run).isEqualTo(new CommandRun(0, "pushfanout (unpackaged)\n", ""));
    assertThat(CommandRun.of("serve", "--version")).isEqualTo(run);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          serve --node a:1 --grpc-port 70000 | --grpc-port: must be from 0 to 65535, is 70000
          serve --node a:1 --grpc-port -1    | --grpc-port: must be from 0 to 65535, is -1
          serve --node a:1 --http-port x     | --http-port: must be from 0 to 65535, is "x"
          serve --grpc-port                  | --grpc-port: needs a value
          serve --grpc-port --http-port 1    | --grpc-port: needs a value
          serve --grpc-port 1 --grpc-port 2  | --grpc-port: is given twice
          serve --grpc-prot=1                | --grpc-prot: no such option; did you mean --grpc-port?
          serve now                          | now: one argument too many
          serve --log-level loud | --log-level: must be one of error, warn, info, debug, trace, is "loud"
          serve --log-format xml | --log-format: must be one of text, json, is "xml"
          node --bind a_b:1                  | --bind: not an IPv6 address: "a_b:1"
          node --grpc-port 7 --http-port 7   | --http-port: must differ from --grpc-port, is 7
          register --advertise a:1           | COMMAND: is needed
          register node                      | --advertise: needs a value
          register --advertise a:1 node -x   | -x: no such option
          register --advertise 0.0.0.0:1 node | --advertise: must be an address that the fan-out server reaches
          register --advertise a:1 --no-wait --listen b:1 node | --listen: has no use with --no-wait
          register --advertise a:1 --ready-timeout 99ms node | --ready-timeout: must be from 100ms to 24h
          register --advertise a:1 --stop-timeout 25h node | --stop-timeout: must be from 0s to 24h
          register --advertise a:1 --lease-ttl 1s node | --lease-ttl: must be from 2s to 1h
          broadcast                          | BODY: is needed
          broadcast -x                       | -x: no such option
          broadcast --rom                    | --rom: no such option; did you mean --room?
          serve --default-target foo         | --default-target: must be <namespace>/<name> or all, is "foo"
          serve --set retry.initialBackoff=11m | --set retry.initialBackoff=11m: retry.initialBackoff: must be from 1ms to 10m, is 11m
          serve --set delivery.linger=51ms   | --set delivery.linger=51ms: delivery.linger: must be from 0s to 50ms, is 51ms
          broadcast hi --op x                | --op: must be a whole number of 32 bits, is "x"
          broadcast hi --to here             | --to: must be host:port, with a port, is "here"
          broadcast hi --target acme | --target: must be <namespace>/<name> or all, is "acme"
          broadcast hi --timeout 5           | --timeout: must be a duration such as 500ms, 5s or 1m30s, is "5"
          broadcast hi --timeout 0s          | --timeout: must be at least 1ms, is 0s
          broadcast hi --output table        | --output: must be one of text, json, is "table"
          status --output text               | --output: must be one of table, json, is "text"
          status --server localhost:8080     | --server: must be a URL such as http://127.0.0.1:8080, is "localhost:8080"
          status --server http://h?x=1       | --server: must be a URL such as http://127.0.0.1:8080, is "http://h?x=1"
          bench --rate 0                     | --rate: must be from 1 to 1000000, is 0
          bench --connections 1001           | --connections: must be from 1 to 1000, is 1001
          bench --rooms -1                   | --rooms: must be from 0 to 100000, is -1
          bench --duration 99ms              | --duration: must be from 100ms to 24h, is 99ms
          bench --duration 100ms --rate 1    | --duration: no broadcast is due in 100ms at 1/s
          bench --warmup 11m                 | --warmup: must be from 0s to 10m, is 11m
          bench --size 101Mi                 | --size: no server takes more than 100Mi
          bench --size -1                    | --size: must be a quantity of whole bytes such as 65536, 64Ki or 64Mi, is "-1"
          bench --target acme | --target: must be <namespace>/<name> or all, is "acme"
          bench --http localhost:8080        | --http: must be a URL such as http://127.0.0.1:8080, is "localhost:8080"
          bench --output table               | --output: must be one of text, json, is "table"
          check-node                         | HOST:PORT: is needed
          check-node a:1 --room=             | --room: must not be empty
          check-node a:1 --timeout 0s        | --timeout: must be from 1ms to 10m
          check-node a:1 --require calls     | --require: must be one of delivery, interest, is "calls"
          validate                           | FILE: is needed
          demo --check=maybe                 | --check: must be true or false, is "maybe"
          """)
  void wrongUseIsOneLineThatNamesTheFlagAndOneThatNamesTheHelp(String arguments, String problem) {
    List<String> words = Splitter.on(' ').splitToList(arguments);

    CommandRun run = CommandRun.of(words.toArray(String[]::new));

    String command = "pushfanout " + words.getFirst();
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).isEqualTo(command + ": " + problem + "\nTry '" + command + " --help'.\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve --node a:1 --auth none", "node"})
  void anUnknownHostToListenOnIsOneLine(String arguments) {
    CommandRun run =
        CommandRun.of(
            (arguments + " --bind nosuch.invalid --grpc-port 0 --http-port 0").split(" ", -1));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .matches(
            "pushfanout (serve|node): cannot listen on nosuch.invalid:0 for (gRPC|HTTP): unknown"
                + " host\n");
  }

  @Test
  void anUnknownOrMissingCommandIsWrongUse() {
    assertThat(CommandRun.of("sevre"))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                """
                pushfanout: sevre: no such command; there are serve, node, register, broadcast, status, bench, check-node, validate, demo, help, completion, man-pages
                Try 'pushfanout --help'.
                """));
    CommandRun none = CommandRun.of();
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.out()).isEmpty();
    assertThat(none.err())
        .isEqualTo("pushfanout: COMMAND: is needed\n" + CommandRun.of("--help").out());
  }

  @Test
  void anArgumentCannotEndTheLine() {
    CommandRun run = CommandRun.of("serve", "--grpc-port", "1\n2\u001b[2J");

    assertThat(run.err())
        .startsWith(
            "pushfanout serve: --grpc-port: must be from 0 to 65535, is \"1\\n2\\u001b[2J\"\n");
  }

  @Test
  void aBadValueFromTheEnvironmentIsNamedByItsVariableToo() {
    assertThat(CommandRun.in(Map.of("PUSHFANOUT_GRPC_PORT", "tcp://10.0.0.1:50053"), "serve").err())
        .startsWith(
            "pushfanout serve: --grpc-port (PUSHFANOUT_GRPC_PORT): must be from 0 to 65535, is"
                + " \"tcp://10.0.0.1:50053\"\n");
    assertThat(CommandRun.in(Map.of("PUSHFANOUT_SET", "workers=0"), "serve").err())
        .startsWith(
            "pushfanout serve: --set workers=0 (PUSHFANOUT_SET): workers: must be from 1 to 1024,"
                + " is 0\n");
  }

  @Test
  void aBadValueOnTheCommandLineIsNotBlamedOnTheEnvironment() {
    Map<String, String> environment =
        Map.of("PUSHFANOUT_GRPC_PORT", "50053", "PUSHFANOUT_SET", "workers=1");

    assertThat(CommandRun.in(environment, "serve", "--grpc-port", "70000").err())
        .startsWith("pushfanout serve: --grpc-port: must");
    assertThat(CommandRun.in(environment, "serve", "--set", "workers=0").err())
        .startsWith("pushfanout serve: --set workers=0: workers: must");
  }
}
