package io.pushfanout.server;

import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.BroadcastOutcome.DeliveryReceipt;
import io.pushfanout.protocol.BroadCastReply;

/** A mapper of the engine's outcomes to replies. */
public final class ReplyMapper {
  private ReplyMapper() {}

  /** Returns the reply to a broadcast with this outcome. */
  public static BroadCastReply reply(BroadcastOutcome outcome) {
    BroadCastReply.Builder reply =
        BroadCastReply.newBuilder()
            .setCode(code(outcome.code()))
            .setMsg(outcome.code().name())
            .setDesc(sentence(outcome))
            .setNodes(outcome.nodes())
            .setAccepted(outcome.accepted())
            .setDropped(outcome.dropped())
            .addAllDroppedNodes(outcome.droppedNodes())
            .setWaiting(outcome.waiting())
            .setSkipped(outcome.skipped());
    DeliveryReceipt receipt = outcome.receipt();
    if (receipt != null) {
      reply
          .setDelivered(receipt.delivered())
          .setFailed(receipt.failed())
          .setPending(receipt.pending());
    }
    return reply.build();
  }

  private static String code(BroadcastOutcome.Code code) {
    return switch (code) {
      case OK -> "0";
      case PARTIAL -> "1";
      case DROPPED -> "2";
      case NO_NODES -> "3";
    };
  }

  private static String sentence(BroadcastOutcome outcome) {
    String nodes = outcome.nodes() == 1 ? "1 node" : outcome.nodes() + " nodes";
    if (outcome.nodes() == 0 && outcome.skipped() > 0) {
      return "None of %d nodes holds the room.".formatted(outcome.skipped());
    }
    return switch (outcome.code()) {
      case OK -> outcome.accepted() + " of " + nodes + " took the message.";
      case PARTIAL ->
          outcome.accepted()
              + " of "
              + nodes
              + " took the message; "
              + outcome.dropped()
              + " dropped it.";
      case DROPPED -> "None of " + nodes + " took the message.";
      case NO_NODES -> "There is no node to take the message.";
    };
  }
}
