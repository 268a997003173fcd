package io.pushfanout.tools;

import io.pushfanout.server.guard.Limits;
import java.time.Duration;
import java.util.function.Consumer;

/** The default limits with one exception. */
public final class SomeLimits {
  private int messageSize = Limits.DEFAULT.maxMessageSize();
  private Duration connectionAge = Limits.DEFAULT.maxConnectionAge();
  private int connections = Limits.DEFAULT.maxConnections();
  private int calls = Limits.DEFAULT.maxCalls();
  private int callerRate = Limits.DEFAULT.maxCallerRate();
  private long memoryBudget = Limits.DEFAULT.memoryBudget();

  private SomeLimits() {}

  public static Limits messageSize(int bytes) {
    return but(limits -> limits.messageSize = bytes);
  }

  public static Limits connectionAge(Duration age) {
    return but(limits -> limits.connectionAge = age);
  }

  public static Limits connections(int connections) {
    return but(limits -> limits.connections = connections);
  }

  public static Limits calls(int calls) {
    return but(limits -> limits.calls = calls);
  }

  public static Limits callerRate(int rate) {
    return but(limits -> limits.callerRate = rate);
  }

  public static Limits memoryBudget(long bytes) {
    return but(limits -> limits.memoryBudget = bytes);
  }

  private static Limits but(Consumer<SomeLimits> change) {
    SomeLimits some = new SomeLimits();
    change.accept(some);
    return new Limits(
        some.messageSize,
        some.connectionAge,
        some.connections,
        some.calls,
        some.callerRate,
        some.memoryBudget,
        Limits.DEFAULT_DEDUPE_WINDOW,
        Limits.DEFAULT_MAX_ROOMS_PER_NODE);
  }
}
