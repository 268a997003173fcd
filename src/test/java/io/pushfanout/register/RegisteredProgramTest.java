package io.pushfanout.register;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.posix.Signal;
import io.pushfanout.tools.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real programs, and an etcd that is away; RegisterIT has one that answers. */
@Timeout(60)
class RegisteredProgramTest {
  private static final NodeAddress ADVERTISED = new NodeAddress("127.0.0.1", 1);
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final String FOREVER = "while :; do sleep 0.05; done";

  @TempDir private Path dir;

  @ParameterizedTest
  @CsvSource({"exit 0, 0", "exit 7, 7", "kill -TERM $$, 143", "kill -KILL $$, 137"})
  void theExitCodeIsTheProgramsOwn(String script, int code) throws Exception {
    assertThat(program(null, LONG, false, "sh", "-c", script).run()).isEqualTo(code);
  }

  @Test
  void aProgramThatEndsBeforeItIsReadyEndsTheWait() throws Exception {
    NodeAddress closed = new NodeAddress("127.0.0.1", Ports.free());

    assertThat(program(closed, LONG, false, "sh", "-c", "exit 3").run()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"/nosuch/node, 127", "nosuch-node, 127", "/etc/passwd, 126", "/, 126"})
  void aProgramThatCannotBeStartedHasTheExitCodesOfShells(String name, int code) {
    assertThatThrownBy(() -> program(null, LONG, false, name).run())
        .isInstanceOfSatisfying(
            ProgramException.class, e -> assertThat(e.exitCode()).isEqualTo(code))
        .hasMessageStartingWith(name + ": cannot be started: ");
  }

  @Test
  void aProgramThatIsNotReadyInTimeIsStopped() throws Exception {
    NodeAddress closed = new NodeAddress("127.0.0.1", Ports.free());
    RegisteredProgram program = program(closed, SHORT, false, script("exec sleep 60"));

    assertThatThrownBy(program::run)
        .isInstanceOfSatisfying(ProgramException.class, e -> assertThat(e.exitCode()).isEqualTo(1))
        .hasMessage(
            closed + ": no connection was accepted within 200ms of the start (--ready-timeout)");
    assertThat(ProcessHandle.of(pid()).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void aSignalReachesTheProgram() throws Exception {
    assertThat(stopped(Signal.TERM, LONG, true, "trap 'exit 5' TERM; " + FOREVER)).isEqualTo(5);
  }

  @Test
  void aProgramThatIgnoresTheSignalIsKilledAtTheLimit() throws Exception {
    assertThat(stopped(Signal.TERM, SHORT, false, "trap '' TERM; " + FOREVER)).isEqualTo(137);
  }

  @Test
  void anInterruptThatATerminalHasSentIsNotSentAgain() throws Exception {
    assertThat(stopped(Signal.INT, SHORT, true, FOREVER)).isEqualTo(137);
  }

  /** The default action of SIGINT ends the program: 128 + 2. */
  @Test
  @DisabledIf(
      value = "ignoresInterrupts",
      disabledReason = "a shell started the tests in the background, with SIGINT ignored")
  void anInterruptWithoutATerminalReachesTheProgram() throws Exception {
    assertThat(stopped(Signal.INT, LONG, false, FOREVER)).isEqualTo(130);
  }

  static boolean ignoresInterrupts() {
    return io.pushfanout.tools.Signal.isIgnored(io.pushfanout.tools.Signal.INT);
  }

  @Test
  void aKillEndsTheProgramAtOnce() throws Exception {
    RegisteredProgram program = program(null, LONG, false, script("trap '' TERM; " + FOREVER));
    CompletableFuture<Integer> run = running(program);
    program.stop(Signal.TERM);

    program.kill();

    assertThat(run.get(20, TimeUnit.SECONDS)).isEqualTo(137);
  }

  private int stopped(Signal signal, Duration limit, boolean atTerminal, String script)
      throws Exception {
    RegisteredProgram program = program(null, limit, atTerminal, script(script));
    CompletableFuture<Integer> run = running(program);
    program.stop(signal);
    return run.get(20, TimeUnit.SECONDS);
  }

  /** Runs the program; returns once its script has begun. */
  private CompletableFuture<Integer> running(RegisteredProgram program) throws Exception {
    Files.deleteIfExists(dir.resolve("pid"));
    CompletableFuture<Integer> run =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return program.run();
              } catch (Exception e) {
                throw new CompletionException(e);
              }
            });
    await().until(() -> Files.exists(dir.resolve("pid")));
    return run;
  }

  /** Returns the command of a script that first sets its traps and then writes its id. */
  private String[] script(String script) {
    int traps = script.indexOf(';') + 1;
    boolean trapped = script.startsWith("trap");
    String first = trapped ? script.substring(0, traps) : "";
    String rest = trapped ? script.substring(traps) : script;
    return new String[] {
      "sh",
      "-c",
      "%s echo $$ >\"$0/new\"; mv \"$0/new\" \"$0/pid\"; %s".formatted(first, rest),
      dir.toString()
    };
  }

  private long pid() throws Exception {
    return Long.parseLong(Files.readString(dir.resolve("pid")).strip());
  }

  private static RegisteredProgram program(
      @Nullable NodeAddress probed, Duration limit, boolean atTerminal, String... command) {
    return new RegisteredProgram(
        new RegisterOptions(
            List.of(command),
            ADVERTISED,
            probed,
            EtcdOptions.parse(List.of("http://127.0.0.1:" + Ports.free())),
            "connect-node",
            Duration.ofSeconds(10),
            limit,
            limit,
            atTerminal));
  }
}
