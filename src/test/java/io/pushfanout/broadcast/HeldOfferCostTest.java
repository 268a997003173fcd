package io.pushfanout.broadcast;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.queue.CountedWakeups;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.HeldOffer;
import io.pushfanout.queue.HeldPayload;
import io.pushfanout.queue.Ledger;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.queue.MessageQueue;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The constant of a held offer is the memory that the object takes. */
class HeldOfferCostTest {
  private static final int COUNT = 100_000;
  private static final FanoutName FANOUT = FanoutName.DEFAULT;
  private static final ThreadMXBean THREAD =
      (ThreadMXBean) ManagementFactory.getPlatformMXBean(java.lang.management.ThreadMXBean.class);

  private static final MessageQueue QUEUE =
      new MessageQueue(
          FanoutSettings.DEFAULT,
          new Ledger(new NodeAddress("a", 1), new FanoutTotals(), Runnable::run),
          System::nanoTime,
          Runnable::run,
          new CountedWakeups());

  private final MemoryBudget memory = new MemoryBudget(Long.MAX_VALUE);

  @Test
  void heldOfferTakesNoMoreThanItsConstant() {
    Routes.Route route =
        new Routes.Route(
            DesiredFanout.ofNodes(FANOUT, FanoutSettings.DEFAULT, Set.of()),
            new FanoutTotals(),
            memory.of(FANOUT),
            new Recipients(List.of(), new RoomIndex(1)),
            List.of());
    BroadcastRequest request =
        new BroadcastRequest(
            new Payload(Rpc.BROADCAST, new byte[1]),
            new BroadcastRequest.Target.All(),
            null,
            Long.MAX_VALUE);
    HeldPayload payload = requireNonNull(HeldPayload.within(memory, request.payload(), null));
    PendingBroadcast pending =
        new PendingBroadcast(
            request,
            payload,
            _ -> {},
            new FanoutTotals(),
            new OfferCancellations(Runnable::run),
            _ -> {});
    PendingBroadcast.FanoutPart part =
        requireNonNull(pending.part(route, Collections.nCopies(COUNT, QUEUE), 0));
    long before = THREAD.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < COUNT; i++) {
      var _ = part.newOffer(QUEUE);
    }
    long each = (THREAD.getCurrentThreadAllocatedBytes() - before) / COUNT;
    System.out.printf("an offer that is held takes %d%n", each);
    assertThat(each).isBetween(24L, (long) HeldOffer.BYTES);
  }
}
