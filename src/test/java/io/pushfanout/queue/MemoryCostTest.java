package io.pushfanout.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.TraceContext;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** The constants of the memory budget are the sizes of the objects. */
class MemoryCostTest {
  private static final NodeAddress NODE = new NodeAddress("a", 1);
  private static final int COUNT = 100_000;
  private static final int BODY = 1000;
  private static final ThreadMXBean THREAD =
      (ThreadMXBean) ManagementFactory.getPlatformMXBean(java.lang.management.ThreadMXBean.class);

  private final MemoryBudget memory = new MemoryBudget(Long.MAX_VALUE);
  private final Message[] messages = new Message[COUNT];

  @Test
  void messageTakesItsBytesAndTheOverhead() {
    long each = allocatedBy(this::makeMessages) / COUNT;
    System.out.printf("a message of %d bytes takes %d on the heap%n", BODY, each);
    assertThat(each).isBetween(BODY + 40L, BODY + (long) Message.OVERHEAD_BYTES);
  }

  @Test
  void entryTakesNoMoreThanItsConstant() {
    makeMessages();
    MessageQueue queue =
        new MessageQueue(
            FanoutSettings.DEFAULT.toBuilder().queueSize(COUNT).queueBytes(1L << 30).build(),
            new Ledger(NODE, new FanoutTotals(), Runnable::run),
            System::nanoTime,
            Runnable::run,
            new CountedWakeups());
    long each =
        allocatedBy(
                () -> {
                  for (Message message : messages) {
                    var _ = queue.offer(message, false);
                  }
                })
            / COUNT;
    System.out.printf("an entry of a queue takes %d%n", each);
    assertThat(queue.load().entries()).isEqualTo(COUNT);
    assertThat(each).isBetween(40L, (long) QueuedMessage.ENTRY_BYTES);
  }

  @Test
  void idTakesTheBytesThatCountForIt() {
    Payload plain = new Payload(Rpc.BROADCAST, new byte[BODY]);
    Payload[] made = new Payload[COUNT];
    for (int length : new int[] {1, 36, 128}) {
      String id = "x".repeat(length);
      long each =
          allocatedBy(
                  () -> {
                    for (int i = 0; i < COUNT; i++) {
                      made[i] = plain.withId(id);
                    }
                  })
              / COUNT;
      long payload = allocatedBy(() -> made[0] = plain.inRoom(1));
      int counted = made[1].metadataBytes();
      assertThat(each - payload).as(id).isBetween(counted - 24L, (long) counted);
    }
    TraceContext trace = TraceContext.sampled("1".repeat(32), "2".repeat(16));
    int traced = plain.withId("x").traced(trace).metadataBytes();
    assertThat(traced - plain.withId("x").metadataBytes())
        .as("the span of its broadcast counts too")
        .isGreaterThan(2 * trace.traceparent().length() + 300);
    Message message = Message.alone(plain.withId("x"), memory);
    assertThat(memory.bytes())
        .isEqualTo(BODY + Message.OVERHEAD_BYTES + message.payload().metadataBytes());
  }

  private void makeMessages() {
    for (int i = 0; i < COUNT; i++) {
      Payload received = new Payload(Rpc.BROADCAST, new byte[BODY]);
      messages[i] = Message.alone(received.inRoom(i), memory);
    }
  }

  private static long allocatedBy(Runnable work) {
    long before = THREAD.getCurrentThreadAllocatedBytes();
    work.run();
    return THREAD.getCurrentThreadAllocatedBytes() - before;
  }
}
