package io.pushfanout.model;

import java.util.Map;

/**
 * The calls of one gRPC method of the server since it started.
 *
 * @param service the full name, such as {@code protocol.PushServer}
 * @param method without the service, such as {@code Broadcast}
 * @param started calls whose headers came
 * @param handled those that ended, by how; codes that did not occur may be left out
 */
public record MethodCalls(
    String service, String method, long started, Map<StatusCode, Long> handled) {
  /**
   * @throws IllegalArgumentException when more calls ended than started
   */
  public MethodCalls {
    handled = Map.copyOf(handled);
    if (started < sum(handled)) {
      throw new IllegalArgumentException(
          "%s/%s: %d calls started, and %d ended"
              .formatted(service, method, started, sum(handled)));
    }
  }

  /** Calls that have not ended yet. */
  public long inFlight() {
    return started - sum(handled);
  }

  private static long sum(Map<StatusCode, Long> handled) {
    return handled.values().stream().mapToLong(Long::longValue).sum();
  }
}
