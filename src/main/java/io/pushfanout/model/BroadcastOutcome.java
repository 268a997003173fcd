package io.pushfanout.model;

import java.util.List;

/**
 * The outcome of one broadcast: the counts of the reply.
 *
 * @param accepted the number of nodes whose queue accepted the message
 * @param dropped the number of nodes whose queue rejected the message
 * @param droppedNodes {@code host:port} of the dropped nodes, the first {@value
 *     #DROPPED_NODES_SHOWN}
 */
public record BroadcastOutcome(int accepted, int dropped, List<String> droppedNodes) {
  /** Largest number of dropped nodes that a reply names. */
  public static final int DROPPED_NODES_SHOWN = 100;

  private static volatile BroadcastOutcome lastAccepted = new BroadcastOutcome(0, 0, List.of());

  public BroadcastOutcome {
    droppedNodes = List.copyOf(droppedNodes);
  }

  /** Returns the outcome of a message that all nodes accepted; most often the last one again. */
  public static BroadcastOutcome ofAccepted(int accepted) {
    BroadcastOutcome last = lastAccepted;
    if (last.accepted != accepted) {
      last = new BroadcastOutcome(accepted, 0, List.of());
      lastAccepted = last;
    }
    return last;
  }

  /** Returns the number of nodes that the broadcast was for. */
  public int nodes() {
    return accepted + dropped;
  }

  public Code code() {
    return code(accepted, dropped);
  }

  /** Returns the code of these counts. */
  public static Code code(int accepted, int dropped) {
    if (accepted + dropped == 0) {
      return Code.NO_NODES;
    }
    if (dropped == 0) {
      return Code.OK;
    }
    return accepted == 0 ? Code.DROPPED : Code.PARTIAL;
  }

  /** The code of the reply: {@code code} is the ordinal, {@code msg} the name. */
  public enum Code {
    OK,
    PARTIAL,
    DROPPED,
    NO_NODES
  }
}
