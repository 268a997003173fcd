package io.pushfanout.fanout;

import static java.util.Objects.requireNonNull;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.queue.CountedWakeups;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.Ledger;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.queue.Message;
import io.pushfanout.queue.MessageQueue;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.TransportMode;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The time of one message in a node's queue, without the threads and the connection around it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class QueueBenchmark {
  private static final NodeAddress NODE = new NodeAddress("a", 1);
  private static final FanoutSettings SETTINGS = FanoutSettings.DEFAULT;

  private final MemoryBudget memory = new MemoryBudget(1 << 30);
  private final Payload payload = new Payload(Rpc.BROADCAST, new byte[100]);
  private Message message = message();
  private MessageQueue idle = queue();
  private MessageQueue busy = queue();
  private MessageQueue full = queue();

  private Message message() {
    return Message.alone(payload, memory);
  }

  private static MessageQueue queue() {
    MessageQueue queue =
        new MessageQueue(
            SETTINGS,
            new Ledger(NODE, new FanoutTotals(), Runnable::run),
            System::nanoTime,
            Runnable::run,
            new CountedWakeups());
    queue.connected(Integer.MAX_VALUE);
    queue.deliverBy(TransportMode.UNARY, false);
    return queue;
  }

  /** Fills two of the queues: one has 100 waiting messages, the other is full. */
  @Setup(Level.Iteration)
  public void fill() {
    idle = queue();
    busy = queue();
    full = queue();
    message = message();
    for (int i = 0; i < SETTINGS.workers() + 100; i++) {
      message.retain(1);
      var _ = busy.offer(message, false);
    }
    for (int i = 0; i < SETTINGS.workers() + SETTINGS.queueSize(); i++) {
      message.retain(1);
      var _ = full.offer(message, false);
    }
  }

  /** A message for a free worker: offered, granted, taken and settled. */
  @Benchmark
  public Object throughAnIdleQueue() {
    return passOne(idle);
  }

  /** A message behind others: the oldest is taken, and its end grants the next. */
  @Benchmark
  public Object throughABusyQueue() {
    return passOne(busy);
  }

  /**
   * Passes one message with the cost of a broadcast to one node: the queue retains the message and
   * releases it in the end.
   */
  private Object passOne(MessageQueue queue) {
    Message one = message();
    one.retain(1);
    var _ = queue.offer(one, false);
    one.release();
    QueuedMessage taken = requireNonNull(queue.calls().takeGranted(System.nanoTime()));
    queue.calls().delivered(List.of(taken));
    return taken;
  }

  @Benchmark
  public Object refusedByAFullQueue() {
    return full.offer(message, false);
  }

  @Benchmark
  public Object evictingTheOldest() {
    message.retain(1);
    return full.offer(message, true);
  }
}
