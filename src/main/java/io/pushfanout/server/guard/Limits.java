package io.pushfanout.server.guard;

import io.pushfanout.model.Bounds;
import io.pushfanout.model.SettingException;
import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.QuantityFormat;
import java.time.Duration;

/**
 * The limits of the server on its callers.
 *
 * @param maxMessageSize bytes of the largest request, after decompression
 * @param maxConnectionAge the age at which a connection gets GOAWAY, so that its caller reconnects
 *     and may find another replica; zero is never
 * @param maxConnections at a time; more are closed as they come
 * @param maxCalls in flight at a time, over all connections
 * @param maxCallerRate calls a second of one caller; zero is no limit
 * @param memoryBudget bytes that messages may take of the process's memory
 * @param dedupeWindow time for which a message's id is remembered; zero remembers none
 * @param maxRoomsPerNode most rooms that one node lists before it gets every message
 */
public record Limits(
    int maxMessageSize,
    Duration maxConnectionAge,
    int maxConnections,
    int maxCalls,
    int maxCallerRate,
    long memoryBudget,
    Duration dedupeWindow,
    int maxRoomsPerNode) {
  public static final int DEFAULT_MAX_MESSAGE_SIZE = 4 << 20;
  public static final int MAX_MESSAGE_SIZE_MIN = 1 << 10;
  public static final int MAX_MESSAGE_SIZE_MAX = Bounds.MESSAGE_BYTES_MAX;

  /** Least age of a connection. */
  private static final Duration MAX_CONNECTION_AGE_MIN = Duration.ofSeconds(1);

  private static final Duration MAX_CONNECTION_AGE_MAX = Duration.ofHours(24);

  public static final int DEFAULT_MAX_CONNECTIONS = 10_000;
  public static final int DEFAULT_MAX_CALLS = 10_000;
  public static final int DEFAULT_MAX_ROOMS_PER_NODE = 1_000_000;
  private static final int MOST = 1_000_000;

  private static final long MEMORY_BUDGET_MIN = 1 << 20;

  public static final Duration DEFAULT_DEDUPE_WINDOW = Duration.ofMinutes(5);
  private static final Duration DEDUPE_WINDOW_MIN = Duration.ofSeconds(1);
  private static final Duration DEDUPE_WINDOW_MAX = Duration.ofHours(24);

  public static final Limits DEFAULT =
      new Limits(
          DEFAULT_MAX_MESSAGE_SIZE,
          Duration.ZERO,
          DEFAULT_MAX_CONNECTIONS,
          DEFAULT_MAX_CALLS,
          0,
          defaultMemoryBudget(),
          DEFAULT_DEDUPE_WINDOW,
          DEFAULT_MAX_ROOMS_PER_NODE);

  /** Flag that sets {@link #maxMessageSize}; errors name it. */
  public static final String MAX_MESSAGE_SIZE_FLAG = "--max-message-size";

  public static final String MAX_CALLS_FLAG = "--max-calls";
  static final String MAX_CALLER_RATE_FLAG = "--max-caller-rate";

  /**
   * @throws SettingException when a value is out of bounds; names its flag
   */
  public Limits {
    checkedMessageSize(maxMessageSize);
    check("--max-connection-age", maxConnectionAge, MAX_CONNECTION_AGE_MIN, MAX_CONNECTION_AGE_MAX);
    check("--dedupe-window", dedupeWindow, DEDUPE_WINDOW_MIN, DEDUPE_WINDOW_MAX);
    check("--max-connections", maxConnections, 1);
    check(MAX_CALLS_FLAG, maxCalls, 1);
    check(MAX_CALLER_RATE_FLAG, maxCallerRate, 0);
    check("--max-rooms-per-node", maxRoomsPerNode, 1);
    long least = Math.max(MEMORY_BUDGET_MIN, 2L * maxMessageSize);
    long most = Runtime.getRuntime().maxMemory();
    if (memoryBudget < least || memoryBudget > most) {
      throw new SettingException(
          "--memory-budget",
          "must be from %s (twice %s, 1Mi or more) to %s (the JVM's heap), is %s"
              .formatted(
                  QuantityFormat.format(least),
                  MAX_MESSAGE_SIZE_FLAG,
                  QuantityFormat.format(most),
                  QuantityFormat.format(memoryBudget)));
    }
  }

  private static void check(String flag, Duration value, Duration least, Duration most) {
    if (!value.isZero() && (value.compareTo(least) < 0 || value.compareTo(most) > 0)) {
      throw new SettingException(
          flag,
          "must be 0s (off) or from %s to %s, is %s"
              .formatted(
                  DurationFormat.format(least),
                  DurationFormat.format(most),
                  DurationFormat.format(value)));
    }
  }

  private static void check(String flag, int value, int least) {
    if (value < least || value > MOST) {
      throw new SettingException(
          flag, "must be from %d to %d, is %d".formatted(least, MOST, value));
    }
  }

  /**
   * Returns half of the heap: the other half is for everything else, and for the collector to work
   * in.
   */
  public static long defaultMemoryBudget() {
    return Runtime.getRuntime().maxMemory() / 2;
  }

  /**
   * Returns the size as {@link #maxMessageSize} holds it.
   *
   * @throws SettingException when the size is out of bounds; names its flag
   */
  public static int checkedMessageSize(long bytes) {
    if (bytes < MAX_MESSAGE_SIZE_MIN || bytes > MAX_MESSAGE_SIZE_MAX) {
      throw new SettingException(
          MAX_MESSAGE_SIZE_FLAG,
          "must be from %s to %s, is %s"
              .formatted(
                  QuantityFormat.format(MAX_MESSAGE_SIZE_MIN),
                  QuantityFormat.format(MAX_MESSAGE_SIZE_MAX),
                  QuantityFormat.format(bytes)));
    }
    return (int) bytes;
  }
}
