package io.pushfanout.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one broadcast: the counts of the reply.
 *
 * @param accepted the number of nodes whose queue accepted the message
 * @param waiting the number of accepted, in queues of nodes that were not connected
 * @param dropped the number of nodes whose queue rejected the message
 * @param skipped the number of nodes that were left out, since they hold no user of the room
 * @param droppedNodes {@code host:port} of the dropped nodes, the first {@value
 *     #DROPPED_NODES_SHOWN}
 * @param receipt the ends of the deliveries; null for a caller that does not wait for them
 */
public record BroadcastOutcome(
    int accepted,
    int waiting,
    int dropped,
    int skipped,
    List<String> droppedNodes,
    @Nullable DeliveryReceipt receipt) {
  /** Largest number of dropped nodes that a reply names. */
  public static final int DROPPED_NODES_SHOWN = 100;

  private static volatile BroadcastOutcome lastAccepted = new BroadcastOutcome(0, 0, List.of());

  /**
   * The ends of the accepted deliveries of one broadcast.
   *
   * @param delivered the number of nodes that have taken the message
   * @param failed the number of deliveries that have failed, expired or been dropped
   * @param pending the number of deliveries without an end, when the wait was over
   */
  public record DeliveryReceipt(int delivered, int failed, int pending) {}

  /** Creates the outcome of a message at nodes that are all connected, without a receipt. */
  public BroadcastOutcome(int accepted, int dropped, List<String> droppedNodes) {
    this(accepted, 0, dropped, 0, droppedNodes, null);
  }

  public BroadcastOutcome {
    droppedNodes = List.copyOf(droppedNodes);
  }

  /** Returns the outcome of a message that all nodes accepted; most often the last one again. */
  public static BroadcastOutcome ofAccepted(int accepted, int waiting, int skipped) {
    BroadcastOutcome last = lastAccepted;
    if (last.accepted != accepted || last.waiting != waiting || last.skipped != skipped) {
      last = new BroadcastOutcome(accepted, waiting, 0, skipped, List.of(), null);
      lastAccepted = last;
    }
    return last;
  }

  /** Returns the same outcome with the ends of its deliveries. */
  public BroadcastOutcome with(DeliveryReceipt ends) {
    return new BroadcastOutcome(accepted, waiting, dropped, skipped, droppedNodes, ends);
  }

  /** Returns the number of nodes that the broadcast was for. */
  public int nodes() {
    return accepted + dropped;
  }

  public Code code() {
    return code(accepted, dropped, skipped);
  }

  /** Returns the code of these counts. */
  public static Code code(int accepted, int dropped, int skipped) {
    if (accepted + dropped + skipped == 0) {
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
