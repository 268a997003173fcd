package io.pushfanout.client;

import io.pushfanout.client.BroadcastCaller.CallerException;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.text.DurationFormat;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A check that a host's name has an address. gRPC would detect a missing address too, but prints a
 * stack trace to the user's terminal.
 */
final class NameResolution {
  private final Resolver resolver;

  /** A resolver that blocks without a time limit, like the system's. */
  interface Resolver {
    InetAddress[] addressesOf(String host) throws UnknownHostException;
  }

  NameResolution(Resolver resolver) {
    this.resolver = resolver;
  }

  /**
   * Returns when the name has an address.
   *
   * @throws CallerException when there is no address, or none in time
   */
  void await(NodeAddress server, Duration timeout) throws CallerException {
    FutureTask<InetAddress[]> task = new FutureTask<>(() -> resolver.addressesOf(server.host()));
    // A lookup cannot be interrupted: a slow one is abandoned.
    Threads.start("pushfanout-lookup", task);
    try {
      var _ = task.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new CallerException(CallError.unreachable(server, "unknown host"), e);
    } catch (TimeoutException e) {
      String why = "no address of its host within " + DurationFormat.format(timeout);
      throw new CallerException(CallError.unreachable(server, why), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallerException(CallError.unreachable(server, "interrupted"), e);
    }
  }
}
