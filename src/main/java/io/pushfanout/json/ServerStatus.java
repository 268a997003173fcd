package io.pushfanout.json;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Map;

/**
 * The response of {@code /api/v1/status}. Programs read it: keys are only ever added, and each is
 * always present, so that no client needs defaults. Readers ignore unknown keys.
 *
 * @param problems problems of the process; servers of earlier versions have no such key
 */
public record ServerStatus(
    boolean ready,
    String replica,
    @JsonSetter(nulls = Nulls.AS_EMPTY) List<Problem> problems,
    List<Fanout> fanouts) {

  /**
   * @param settings in the resource's format
   */
  public record Fanout(
      String name,
      long generation,
      Map<String, Object> settings,
      List<Problem> problems,
      List<Node> nodes) {}

  /**
   * @param node empty if the problem is of no node
   */
  public record Problem(String node, String reason, String message) {}

  /**
   * @param delivery servers of earlier versions have no such key
   * @param stateSeconds time since the begin of the state; servers of earlier versions have no such
   *     key, nor the next two
   * @param queueSize capacity of the queue in messages
   * @param queueBytes capacity of the queue in encoded bytes
   * @param interest whether the node gets the messages of its rooms: {@code routed}, {@code
   *     everything}, {@code off}, {@code unimplemented}; servers of earlier versions have no such
   *     key
   * @param rooms rooms that the node has listed
   * @param dropped by reason
   */
  public record Node(
      String address,
      String state,
      @JsonSetter(nulls = Nulls.AS_EMPTY) String delivery,
      @JsonSetter(nulls = Nulls.AS_EMPTY) long stateSeconds,
      @JsonSetter(nulls = Nulls.AS_EMPTY) long queueSize,
      @JsonSetter(nulls = Nulls.AS_EMPTY) long queueBytes,
      @JsonSetter(nulls = Nulls.AS_EMPTY) String interest,
      @JsonSetter(nulls = Nulls.AS_EMPTY) long rooms,
      long queued,
      long queuedBytes,
      long inFlight,
      long workers,
      long enqueued,
      long delivered,
      long failed,
      long expired,
      Map<String, Long> dropped) {

    /** Returns the messages dropped for any reason. */
    public long droppedTotal() {
      return dropped.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns the messages that did not reach the node, for any reason. */
    public long lost() {
      return failed + expired + droppedTotal();
    }

    /** Returns the fill of the queue in percent of the bound that is met first. */
    public int fillPercent() {
      return (int) Math.max(percent(queued, queueSize), percent(queuedBytes, queueBytes));
    }

    private static double percent(long part, long whole) {
      return whole <= 0 ? 0 : Math.clamp(100.0 * part / whole, 0, 100);
    }
  }
}
