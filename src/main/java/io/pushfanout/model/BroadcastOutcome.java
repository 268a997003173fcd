package io.pushfanout.model;

import java.util.List;

/**
 * What became of one broadcast: the honest counts of the reply.
 *
 * @param accepted nodes whose queue took the message
 * @param dropped nodes whose queue did not
 * @param droppedNodes {@code host:port} of those, the first {@value #DROPPED_NODES_SHOWN}
 */
public record BroadcastOutcome(int accepted, int dropped, List<String> droppedNodes) {
  /** How many dropped nodes a reply names. */
  public static final int DROPPED_NODES_SHOWN = 100;

  public BroadcastOutcome {
    droppedNodes = List.copyOf(droppedNodes);
  }

  /** Nodes that the broadcast was for. */
  public int nodes() {
    return accepted + dropped;
  }

  public Code code() {
    if (nodes() == 0) {
      return Code.NO_NODES;
    }
    if (dropped == 0) {
      return Code.OK;
    }
    return accepted == 0 ? Code.DROPPED : Code.PARTIAL;
  }

  /** The reply's {@code code} is the ordinal, its {@code msg} the name. */
  public enum Code {
    OK,
    PARTIAL,
    DROPPED,
    NO_NODES
  }
}
