package io.pushfanout.model;

import java.util.Map;

/**
 * The calls of one gRPC method of the server since it started.
 *
 * @param service the full name, such as {@code protocol.PushServer}
 * @param method the name without the service, such as {@code Broadcast}
 * @param started the number of calls whose headers were received
 * @param handled the number of ended calls by status code; codes that did not occur may be left out
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

  /** Returns the number of calls that have not ended yet. */
  public long inFlight() {
    return started - sum(handled);
  }

  private static long sum(Map<StatusCode, Long> handled) {
    return handled.values().stream().mapToLong(Long::longValue).sum();
  }
}
