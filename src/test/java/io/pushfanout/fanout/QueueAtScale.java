package io.pushfanout.fanout;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.InterestStream;
import io.pushfanout.delivery.NoInterest;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.interest.RoomIndex;
import io.pushfanout.model.DeliveryTarget;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.plan.DesiredFanout;
import io.pushfanout.queue.CountedWakeups;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.Ledger;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.queue.Message;
import io.pushfanout.queue.MessageQueue;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.StreamQueue;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import io.pushfanout.queue.StreamSlot;
import io.pushfanout.queue.TransportMode;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Prints the cost of single steps where a product of bounds is reached; run its main method.
 * Figures are processor time of the thread that takes the step.
 */
final class QueueAtScale {
  private static final NodeAddress NODE = new NodeAddress("a", 1);
  private static final FanoutSettings HUGE =
      FanoutSettings.DEFAULT.toBuilder()
          .workers(1)
          .queueSize(1_000_000)
          .queueBytes(64 << 20)
          .messageTtl(Duration.ofSeconds(1))
          .build();

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private QueueAtScale() {}

  public static void main(String[] args) throws Exception {
    Set<String> only = Set.of(args);
    for (int round = 1; round <= 2; round++) {
      System.out.printf("round %d%n", round);
      if (only.isEmpty() || only.contains("block")) {
        halfFull(1_000);
        halfFull(5_000);
        halfFull(10_000);
      }
      if (only.isEmpty() || only.contains("cancel")) {
        cancels("FIFO", 1_000);
        cancels("LIFO", 1_000);
        cancels("random", 1_000);
      }
      if (only.isEmpty() || only.contains("million")) {
        million();
      }
      if (only.isEmpty() || only.contains("retry")) {
        retries(10_000);
        retries(20_000);
        retries(40_000);
      }
      if (only.isEmpty() || only.contains("lanes")) {
        parked(10);
        parked(2_000);
        atRest();
      }
    }
  }

  // ---- Block

  private static final class Fleet {
    static final int ROOM = 30;

    final ScheduledExecutorService applier = thread("applier");
    final ScheduledExecutorService loop = thread("loop");
    final MemoryBudget memory = new MemoryBudget(Runtime.getRuntime().maxMemory() / 2);
    final FanoutEngine engine =
        new FanoutEngine(
            (address, _, tls, listener) -> new SilentNode(loop, listener),
            new Totals(),
            memory,
            new RoomIndex(1000),
            applier,
            System::nanoTime,
            null);
    final List<NodeAddress> nodes;

    Fleet(int size) throws Exception {
      nodes =
          IntStream.range(0, size).mapToObj(i -> new NodeAddress("n%05d".formatted(i), 1)).toList();
      SettingsBuilder settings =
          FanoutSettings.DEFAULT.toBuilder()
              .workers(1)
              .queueSize(ROOM)
              .overflowPolicy(OverflowPolicy.BLOCK)
              .messageTtl(Duration.ZERO)
              .blockTimeout(Duration.ofSeconds(60));
      engine.start();
      engine
          .apply(
              List.of(
                  DesiredFanout.ofNodes(
                      FanoutName.DEFAULT, settings.build(), new HashSet<>(nodes))))
          .get();
      loop.submit(() -> {}).get();
    }

    void fill(Set<NodeAddress> these) throws Exception {
      for (int i = 0; i < ROOM + 1; i++) {
        send(these, _ -> {});
        loop.submit(() -> {}).get();
      }
    }

    Runnable send(
        @Nullable Set<NodeAddress> to, java.util.function.Consumer<BroadcastResult> heard) {
      Payload payload = new Payload(Rpc.BROADCAST, new byte[100]);
      return engine
          .broadcaster()
          .broadcast(
              new BroadcastRequest(
                  payload, new BroadcastRequest.Target.Unnamed(), to, Long.MAX_VALUE),
              heard);
    }

    void close() {
      applier.shutdownNow();
      loop.shutdownNow();
    }
  }

  private static void halfFull(int size) throws Exception {
    Fleet fleet = new Fleet(size);
    fleet.fill(Set.copyOf(fleet.nodes.subList(0, size / 2)));
    List<Long> offering = new ArrayList<>();
    List<Long> cancelling = new ArrayList<>();
    for (int i = 0; i < Fleet.ROOM; i++) {
      CountDownLatch heard = new CountDownLatch(1);
      long start = cpuNanos();
      Runnable cancel = fleet.send(null, _ -> heard.countDown());
      long offered = cpuNanos();
      cancel.run();
      cancelling.add(cpuNanos() - offered);
      offering.add(offered - start);
      heard.await();
    }
    Collections.sort(offering);
    Collections.sort(cancelling);
    System.out.printf(
        "Block, %,d nodes, half full: offered in %.2f ms (most %.2f), cancel %.3f ms (most %.3f)%n",
        size,
        offering.get(Fleet.ROOM / 2) / 1e6,
        offering.getLast() / 1e6,
        cancelling.get(Fleet.ROOM / 2) / 1e6,
        cancelling.getLast() / 1e6);
    fleet.close();
  }

  private static void cancels(String order, int size) throws Exception {
    Fleet fleet = new Fleet(size);
    fleet.fill(Set.copyOf(fleet.nodes));
    int calls = 4096;
    CountDownLatch heard = new CountDownLatch(calls);
    List<Runnable> cancels = new ArrayList<>();
    long before = used();
    for (int i = 0; i < calls; i++) {
      cancels.add(fleet.send(null, _ -> heard.countDown()));
    }
    long held = used() - before;
    Thread.sleep(500);
    System.out.printf(
        "%,d calls held on %,d nodes: %,d KiB more heap, %,d KiB counted%n",
        calls - (calls - heard.getCount()), size, held >> 10, fleet.memory.held() >> 10);
    if (order.equals("LIFO")) {
      Collections.reverse(cancels);
    } else if (order.equals("random")) {
      Collections.shuffle(cancels, new Random(1));
    }
    long longest = 0;
    long start = cpuNanos();
    for (Runnable cancel : cancels) {
      long before1 = cpuNanos();
      cancel.run();
      longest = Math.max(longest, cpuNanos() - before1);
    }
    long cancelled = cpuNanos();
    long waits = System.nanoTime();
    heard.await();
    System.out.printf(
        "  cancelled %s: longest %.3f ms, all %.0f ms, answered %.0f ms by the clock later%n",
        order, longest / 1e6, (cancelled - start) / 1e6, (System.nanoTime() - waits) / 1e6);
    fleet.close();
  }

  // ---- a million messages

  private static void million() throws Exception {
    aMillion(
        "the next offer after a million have grown old",
        (queue, clock) -> {
          clock.addAndGet(2_000_000_000L);
          queue.offer(message(20), false);
        });
    aMillion(
        "the tick after a million have grown old",
        (queue, clock) -> {
          clock.addAndGet(2_000_000_000L);
          queue.expire();
        });
    Message large = message(60 << 20);
    aMillion("one of 60 MB evicts", (queue, _) -> queue.offer(large, true));
    aMillion(
        "the drain's deadline",
        (queue, _) -> {
          queue.retire(DropReason.RETIRED, 0);
          queue.closeRetired();
        });
    aMillion(
        "a connection comes back when a million have grown old",
        (queue, clock) -> {
          clock.addAndGet(2_000_000_000L);
          queue.connected(10);
          queue.deliverBy(TransportMode.UNARY, false);
        });
  }

  private interface Step {
    void run(MessageQueue queue, AtomicLong clock);
  }

  private static void aMillion(String name, Step step) throws Exception {
    ScheduledExecutorService loop = thread("loop");
    AtomicLong longestTurn = new AtomicLong();
    AtomicLong clock = new AtomicLong(System.nanoTime());
    Executor turns =
        task ->
            loop.execute(
                () -> {
                  long start = cpuNanos();
                  task.run();
                  longestTurn.accumulateAndGet(cpuNanos() - start, Math::max);
                });
    MessageQueue queue =
        new MessageQueue(
            HUGE,
            new Ledger(NODE, new FanoutTotals(), turns),
            clock::get,
            turns,
            new CountedWakeups());
    for (int i = 0; i < 1_000_000; i++) {
      var _ = queue.offer(message(20), false);
    }
    System.gc();
    long start = cpuNanos();
    step.run(queue, clock);
    long took = cpuNanos() - start;
    for (int i = 0; i < 2_000; i++) {
      loop.submit(() -> {}).get();
    }
    System.out.printf(
        "%s: %.2f ms, longest turn of the loop after it %.2f ms, all gone after %.0f ms; %,d"
            + " left%n",
        name,
        took / 1e6,
        longestTurn.get() / 1e6,
        (cpuNanos() - start) / 1e6,
        queue.load().waiting());
    loop.shutdownNow();
  }

  private static Message message(int size) {
    return Message.alone(new Payload(Rpc.BROADCAST, new byte[size]), MemoryBudget.unlimited());
  }

  private static Message message(int size, int room) {
    return Message.alone(
        new Payload(Rpc.BROADCAST, new byte[size]).inRoom(room), MemoryBudget.unlimited());
  }

  // ---- streams

  private static void retries(int count) {
    Rig rig =
        Rig.streaming(
            s ->
                s.workers(4)
                    .maxAttempts(3)
                    .deliveryWindow(100_000)
                    .queueSize(100_000)
                    .messageTtl(Duration.ZERO)
                    .rpcTimeout(Duration.ofMinutes(10)),
            "a");
    for (int i = 0; i < count; i++) {
      rig.send("x:" + i);
    }
    List<DeliveryFailure> failures =
        IntStream.range(0, count)
            .mapToObj(i -> new DeliveryFailure(i, StatusCode.UNAVAILABLE, ""))
            .toList();
    rig.node("a").streams.getFirst().acknowledge(count, failures);
    long start = cpuNanos();
    rig.loop.advance(Duration.ofMillis(125));
    System.out.printf(
        "%,d of a room failed in one answer: back within %.0f ms of work, %,d sent%n",
        count, (cpuNanos() - start) / 1e6, rig.node("a").received.size());
  }

  private static void parked(int rooms) {
    MessageQueue queue = streaming(2, 5_000);
    for (int i = 0; i < 100_000; i++) {
      var _ = queue.offer(message(20, i % rooms), false);
    }
    List<QueuedMessage> batch = new ArrayList<>();
    List<StreamSlot> open = new ArrayList<>();
    start(queue, open, batch);
    int acks = 20_000;
    long start = cpuNanos();
    for (int i = 0; i < acks; i++) {
      queue.streams().acknowledged(open.get(i % 2), 1);
      start(queue, open, batch);
    }
    System.out.printf(
        "an acknowledgement with %,d rooms waiting: %.2f us%n",
        rooms, (cpuNanos() - start) / 1e3 / acks);
  }

  private static MessageQueue streaming(int workers, int window) {
    MessageQueue queue =
        new MessageQueue(
            HUGE.toBuilder()
                .messageTtl(Duration.ZERO)
                .workers(workers)
                .deliveryWindow(window)
                .build(),
            new Ledger(NODE, new FanoutTotals(), Runnable::run),
            System::nanoTime,
            Runnable::run,
            new CountedWakeups());
    queue.connected(Integer.MAX_VALUE);
    queue.deliverBy(TransportMode.STREAMING, false);
    return queue;
  }

  private static void start(MessageQueue queue, List<StreamSlot> open, List<QueuedMessage> batch) {
    StreamQueue streams = queue.streams();
    for (StreamSlot s = streams.pollToStart(); s != null; s = streams.pollToStart()) {
      streams.takeBatch(s, 1 << 20, batch);
      batch.clear();
      if (!open.contains(s)) {
        open.add(s);
      }
    }
  }

  private static void atRest() {
    List<MessageQueue> queues = new ArrayList<>();
    long before = used();
    for (int q = 0; q < 200; q++) {
      MessageQueue queue = streaming(1, 10_000);
      queues.add(queue);
      List<QueuedMessage> batch = new ArrayList<>();
      List<StreamSlot> open = new ArrayList<>();
      for (int i = 0; i < 6_000; i++) {
        var _ = queue.offer(message(20, i * 31), false);
      }
      start(queue, open, batch);
      queue.streams().acknowledged(open.getFirst(), 6_000);
      queue.expire();
    }
    System.out.printf(
        "a streaming queue at rest after 6,000 rooms: %,d bytes%n",
        (used() - before) / queues.size());
  }

  /**
   * Returns the processor time of this thread, without that of other processes and of the
   * collector.
   */
  private static long cpuNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  private static long used() {
    System.gc();
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static ScheduledExecutorService thread(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name(name).factory());
  }

  /** A node that takes every message and answers none. */
  private record SilentNode(ScheduledExecutorService loop, Listener listener)
      implements NodeConnection {
    @Override
    public void start() {
      listener.onConnected(Integer.MAX_VALUE);
    }

    @Override
    public void reconnectNow() {}

    @Override
    public void setTls(TlsChoice tls) {}

    @Override
    public void target(@Nullable DeliveryTarget target) {}

    @Override
    public boolean available() {
      return true;
    }

    @Override
    public void deliver(QueuedMessage message, long timeoutNanos) {}

    @Override
    public InterestStream openInterest(InterestStream.Listener listener) {
      return NoInterest.open(loop, listener);
    }

    @Override
    public NodeStream openStream(NodeStream.Listener asker) {
      loop.schedule(
          () -> asker.onEnded(Evidence.PRESENT, StatusCode.UNIMPLEMENTED, ""),
          0,
          TimeUnit.NANOSECONDS);
      return new Refused();
    }

    @Override
    public List<QueuedMessage> reset() {
      return List.of();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private record Refused() implements NodeStream {
    @Override
    public int room() {
      return Integer.MAX_VALUE;
    }

    @Override
    public void send(List<QueuedMessage> batch) {}

    @Override
    public void finish() {}

    @Override
    public void reset() {}
  }
}
