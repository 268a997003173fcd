package io.pushfanout.server;

import io.pushfanout.fanout.BroadcastResult;
import io.pushfanout.fanout.MemoryBudget;
import io.pushfanout.share.Shares;

/**
 * The bytes of messages that are not whole yet. They count against the process's budget as they
 * arrive, and against a part of the direct memory, where they lie until then: the other part is for
 * the connections to nodes. Callers share that part, by address and target. May be used from any
 * thread.
 */
final class Arrivals {
  private final MemoryBudget messages;
  private final Shares direct;

  /**
   * @param messages the budget of the whole process
   * @param directBytes the part of the direct memory
   */
  Arrivals(MemoryBudget messages, long directBytes) {
    this.messages = messages;
    this.direct = new Shares(directBytes);
  }

  boolean tryTake(Object party, long bytes) {
    if (!messages.tryTake(bytes)) {
      return false;
    }
    if (!direct.tryTake(party, bytes)) {
      messages.giveBack(bytes);
      return false;
    }
    return true;
  }

  void giveBack(Object party, long bytes) {
    messages.giveBack(bytes);
    direct.giveBack(party, bytes);
  }

  /** What is told of a message for which there was no room. */
  BroadcastResult.Refused refusal() {
    return messages.refusal();
  }
}
