package io.pushfanout.tools;

import io.pushfanout.server.Limits;
import java.time.Duration;

/** The default limits, but for one. */
public final class SomeLimits {
  private static final Limits USUAL = Limits.DEFAULT;

  private SomeLimits() {}

  public static Limits messageSize(int bytes) {
    return new Limits(
        bytes,
        USUAL.maxConnectionAge(),
        USUAL.maxConnections(),
        USUAL.maxCalls(),
        USUAL.maxCallerRate(),
        USUAL.memoryBudget());
  }

  public static Limits connectionAge(Duration age) {
    return new Limits(
        USUAL.maxMessageSize(),
        age,
        USUAL.maxConnections(),
        USUAL.maxCalls(),
        USUAL.maxCallerRate(),
        USUAL.memoryBudget());
  }

  public static Limits connections(int connections) {
    return new Limits(
        USUAL.maxMessageSize(),
        USUAL.maxConnectionAge(),
        connections,
        USUAL.maxCalls(),
        USUAL.maxCallerRate(),
        USUAL.memoryBudget());
  }

  public static Limits calls(int calls) {
    return new Limits(
        USUAL.maxMessageSize(),
        USUAL.maxConnectionAge(),
        USUAL.maxConnections(),
        calls,
        USUAL.maxCallerRate(),
        USUAL.memoryBudget());
  }

  public static Limits callerRate(int rate) {
    return new Limits(
        USUAL.maxMessageSize(),
        USUAL.maxConnectionAge(),
        USUAL.maxConnections(),
        USUAL.maxCalls(),
        rate,
        USUAL.memoryBudget());
  }

  public static Limits memoryBudget(long bytes) {
    return new Limits(
        USUAL.maxMessageSize(),
        USUAL.maxConnectionAge(),
        USUAL.maxConnections(),
        USUAL.maxCalls(),
        USUAL.maxCallerRate(),
        bytes);
  }
}
