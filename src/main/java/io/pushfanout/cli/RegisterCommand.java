package io.pushfanout.cli;

import io.pushfanout.concurrent.Threads;
import io.pushfanout.logging.Logging;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.options.UsageException;
import io.pushfanout.register.ProgramException;
import io.pushfanout.register.RegisterOptions;
import io.pushfanout.register.RegisteredProgram;
import io.pushfanout.text.Printable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that runs a program in any language, and keeps the program registered in etcd. */
@Command(
    name = "register",
    description = {
      "Runs a connect-node in any language, and keeps it registered in etcd.",
      "The program is registered once it accepts connections. SIGTERM and SIGINT remove the"
          + " registration, and reach the program a second later. The end of the program removes"
          + " it too."
    },
    footer = {
      "",
      "Examples:",
      "  pushfanout register --advertise 10.0.0.7:50052 -- python node.py 0.0.0.0:50052",
      "  pushfanout register --advertise node-7.example.com:50052 --listen 127.0.0.1:50052 \\",
      "    --etcd-endpoints https://etcd.example.com:2379 -- ./node --port 50052"
    },
    sortOptions = false,
    exitCodeList = {
      "N:the program's own; 128 and the signal's number for a killed one",
      "1:the program was not ready in time",
      "2:wrong use of the command line",
      "126:the program cannot be run",
      "127:the program is not found"
    })
final class RegisterCommand implements Callable<Integer> {
  private static final Duration READY_MIN = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofHours(24);

  private final Console console;

  @Option(
      names = "--advertise",
      paramLabel = "HOST:PORT",
      required = true,
      description = "Where the fan-out server reaches the program, as the registration has it.")
  private @Nullable NodeAddress advertise;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description =
          "Where this host reaches the program, for the wait until it accepts connections (default:"
              + " as --advertise).")
  private @Nullable NodeAddress listen;

  @Option(
      names = "--no-wait",
      description = "Register as soon as the program is started, without a wait for its port.")
  private boolean noWait;

  @Option(
      names = "--ready-timeout",
      paramLabel = "DURATION",
      description =
          "How long the program may take to accept connections; after that it is stopped (default:"
              + " 60s).")
  private Duration readyTimeout = Duration.ofSeconds(60);

  @Option(
      names = "--stop-timeout",
      paramLabel = "DURATION",
      description =
          "How long the program may take to end after a signal; after that it gets SIGKILL"
              + " (default: 30s).")
  private Duration stopTimeout = Duration.ofSeconds(30);

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "The service to register as (default: connect-node).")
  private @Nullable String service;

  @Option(
      names = "--lease-ttl",
      paramLabel = "DURATION",
      description =
          "How long the registration outlives a killed register command, 2s to 1h (default: 10s).")
  private @Nullable Duration leaseTtl;

  @Mixin private EtcdFlags etcd = new EtcdFlags();

  @Parameters(
      paramLabel = "COMMAND",
      arity = "1..*",
      description = "The program and its arguments, after --.")
  private List<String> command = List.of();

  RegisterCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    RegisteredProgram program = new RegisteredProgram(options());
    Signals signals = new Signals(program::kill, Runtime.getRuntime()::halt);
    signals.install();
    Threads.start("stop", () -> stopAtSignal(signals, program));
    try {
      return program.run();
    } catch (ProgramException e) {
      PrintWriter err = console.err();
      String line = Printable.line("pushfanout register: " + e.getMessage());
      err.println(Logging.format().line(Level.ERROR, line));
      return e.exitCode();
    }
  }

  private static void stopAtSignal(Signals signals, RegisteredProgram program) {
    try {
      program.stop(signals.awaitFirst());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  RegisterOptions options() {
    if (advertise == null || EtcdFlags.isWildcard(advertise.host())) {
      throw new UsageException("--advertise", "must be an address that the fan-out server reaches");
    }
    if (noWait && listen != null) {
      throw new UsageException("--listen", "has no use with --no-wait");
    }
    if (readyTimeout.compareTo(READY_MIN) < 0 || readyTimeout.compareTo(LONGEST) > 0) {
      throw new UsageException("--ready-timeout", "must be from 100ms to 24h");
    }
    if (stopTimeout.compareTo(LONGEST) > 0) {
      throw new UsageException("--stop-timeout", "must be from 0s to 24h");
    }
    return new RegisterOptions(
        command,
        advertise,
        probed(advertise),
        etcd.options(),
        EtcdFlags.service(service),
        EtcdFlags.leaseTtl(leaseTtl),
        readyTimeout,
        stopTimeout,
        console.watched().getAsBoolean() || console.shown().getAsBoolean());
  }

  private @Nullable NodeAddress probed(NodeAddress advertised) {
    if (noWait) {
      return null;
    }
    return listen == null ? advertised : listen;
  }
}
