package io.pushfanout.register;

import io.pushfanout.discovery.EtcdRegistration;
import io.pushfanout.posix.Signal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A program that is registered in etcd from its first accepted connection to its end. A signal
 * removes the registration before the program gets the signal.
 */
public final class RegisteredProgram {
  /** The time from the removal to the signal, for the servers' last messages. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final RegisterOptions options;
  private final CompletableFuture<Signal> signalled = new CompletableFuture<>();
  private volatile @Nullable Program program;

  public RegisteredProgram(RegisterOptions options) {
    this.options = options;
  }

  /**
   * Runs the program to its end.
   *
   * @return the program's exit code
   * @throws ProgramException if the program cannot be started, or is not ready in time
   */
  public int run() throws ProgramException, InterruptedException {
    Program started = Program.start(options.command());
    program = started;
    CompletableFuture<?> over = CompletableFuture.anyOf(started.ended(), signalled);
    try {
      if (isReady(over)) {
        keepRegistered(started, over);
      }
    } catch (ProgramException e) {
      started.send(Signal.TERM);
      started.endWithin(options.stopTimeout());
      throw e;
    }
    pass(started);
    started.endWithin(options.stopTimeout());
    return started.exitCode();
  }

  private boolean isReady(CompletableFuture<?> over) throws ProgramException, InterruptedException {
    return options.probed() == null
        || new ReadyProbe(options.probed(), options.readyTimeout()).await(over);
  }

  private void keepRegistered(Program started, CompletableFuture<?> over)
      throws InterruptedException {
    EtcdRegistration registration =
        new EtcdRegistration(
            options.etcd(), options.service(), options.advertised(), options.leaseTtl());
    registration.start();
    over.join();
    boolean found = registration.isRegistered();
    registration.close();
    if (found) {
      boolean _ = started.awaitEnd(FAREWELL);
    }
  }

  /** Sends the program the signal of this process, unless the program has the signal already. */
  private void pass(Program started) {
    if (!signalled.isDone()) {
      return;
    }
    Signal signal = signalled.join();
    boolean sent = signal == Signal.INT && options.atTerminal();
    if (!sent) {
      started.send(signal);
    }
  }

  /** Begins the stop; any thread may call it. */
  public void stop(Signal signal) {
    signalled.complete(signal);
  }

  /** Kills the program; any thread may call it. */
  public void kill() {
    Program started = program;
    if (started != null) {
      started.kill();
    }
  }
}
