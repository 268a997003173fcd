package io.pushfanout.it;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * The report of a passed case of the fault suite: one line that begins with {@code FAULT}, in the
 * same form for all. A case makes the report when the load flows, and calls {@link #struck} when
 * the fault strikes.
 */
final class FaultReport {
  private static final Duration FLOWS_WITHIN = Duration.ofSeconds(30);

  private final String name = caseName();
  private final String fault;
  private final LongSupplier accepted;
  private final long first;
  private final long since;
  private String load = "none: the fault did not strike";

  /**
   * Waits until the load flows.
   *
   * @param accepted the number of broadcasts that the server has accepted for some node, or that
   *     the node has received
   */
  FaultReport(String fault, LongSupplier accepted) {
    this.fault = fault;
    this.accepted = accepted;
    await()
        .alias("load flows")
        .atMost(FLOWS_WITHIN)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> accepted.getAsLong() > 0);
    first = accepted.getAsLong();
    since = System.nanoTime();
  }

  /** Returns a report on a load that is a number of calls, and not a rate. */
  static FaultReport ofCalls(String fault, long accepted) {
    FaultReport report = new FaultReport(fault, () -> Math.max(1, accepted));
    report.load = "%d accepted".formatted(accepted);
    return report;
  }

  /** Records the load; the fault strikes now. */
  void struck() {
    long now = accepted.getAsLong();
    double seconds = (System.nanoTime() - since) / 1e9;
    load = "%.0f broadcasts/s, %d accepted".formatted((now - first) / seconds, now);
  }

  void passed(String promise, String measured) {
    passed("", promise, measured);
  }

  /**
   * @param where the part that the fault struck, when the case strikes several
   */
  void passed(String where, String promise, String measured) {
    System.out.printf(
        "FAULT %s%s | promise: %s | load before: %s | measured: %s | case: %s%n",
        fault, where.isEmpty() ? "" : ", " + where, promise, load, measured, name);
  }

  /** Returns the name of the running case in the form of Maven's {@code -Dit.test}. */
  private static String caseName() {
    return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
        .walk(frames -> frames.filter(FaultReport::isCase).findFirst())
        .map(frame -> frame.getDeclaringClass().getSimpleName() + "#" + frame.getMethodName())
        .orElseThrow(() -> new IllegalStateException("no @FaultCase is running"));
  }

  private static boolean isCase(StackWalker.StackFrame frame) {
    return Arrays.stream(frame.getDeclaringClass().getDeclaredMethods())
        .anyMatch(
            method ->
                method.getName().equals(frame.getMethodName())
                    && method.isAnnotationPresent(FaultCase.class));
  }
}
