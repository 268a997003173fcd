package io.pushfanout.server.guard;

import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.MemoryRefusal;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.share.Shares;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A budget for the bytes of incomplete messages. The bytes count against the process's budget as
 * they arrive, and against a bound of their own, which callers share by address and target. May be
 * used from any thread.
 */
public final class InboundMessageBudget {
  private static final BroadcastResult.Refused SHARE_TAKEN =
      new BroadcastResult.Refused(
          BroadcastResult.Reason.LIMITED,
          "messages that are not whole yet take the caller's share of --memory-budget",
          Duration.ofMillis(500));

  /**
   * The sender of a message. Behind a proxy all tenants have one address. The target is not
   * verified yet, so an address that names many has a bound of its own.
   *
   * @param target as the call names it; null without one
   */
  public record Party(Object address, @Nullable String target) {}

  private final MemoryBudget messages;
  private final Shares parties;
  private final Shares addresses;

  /**
   * @param messages the budget of the whole process
   * @param bound bytes of all incomplete messages
   */
  public InboundMessageBudget(MemoryBudget messages, long bound) {
    this.messages = messages;
    this.parties = new Shares(bound);
    // One address alone gets half of this: seven eighths of the bound.
    this.addresses = new Shares(bound / 4 * 7);
  }

  /**
   * Takes bytes; {@link #giveBack} returns them.
   *
   * @return false when there is no room; nothing is taken then
   */
  public boolean tryTake(Party party, long bytes) {
    if (!messages.tryTake(bytes)) {
      return false;
    }
    if (!addresses.tryTake(party.address, bytes)) {
      messages.giveBack(bytes);
      return false;
    }
    if (!parties.tryTake(party, bytes)) {
      addresses.giveBack(party.address, bytes);
      messages.giveBack(bytes);
      return false;
    }
    return true;
  }

  public void giveBack(Party party, long bytes) {
    messages.giveBack(bytes);
    addresses.giveBack(party.address, bytes);
    parties.giveBack(party, bytes);
  }

  /** Returns the shares of addresses and targets in the bound. */
  public Shares shares() {
    return parties;
  }

  /** Returns the refusal of a message without room. */
  public BroadcastResult.Refused refusal() {
    return messages.held() >= messages.limit() ? MemoryRefusal.of(messages) : SHARE_TAKEN;
  }
}
