package io.pushfanout.tracing;

import io.opentelemetry.api.trace.Tracer;
import io.pushfanout.concurrent.LogLimit;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.concurrent.Threads;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spans of deliveries, made on a thread of their own: deliveries end under the locks of queues,
 * and on the loops of nodes.
 */
final class DeliverySpans implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DeliverySpans.class);

  /** Deliveries that wait for their spans; more have none. */
  static final int MOST_WAITING = 1 << 16;

  private static final Duration EVERY = Duration.ofMillis(100);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final Tracer tracer;
  private final ScheduledExecutorService thread = Threads.scheduler("pushfanout-tracing");
  private final Queue<EndedDelivery> ended = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong leftOut = new AtomicLong();
  private final LogLimit lines = new LogLimit(1, System::nanoTime);

  DeliverySpans(Tracer tracer) {
    this.tracer = tracer;
  }

  void start() {
    Future<?> _ =
        new RepeatedTask("the spans of deliveries", this::record).start(thread, EVERY, EVERY);
  }

  /** Adds a delivery. Never waits. */
  void add(EndedDelivery delivery) {
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      leftOut.incrementAndGet();
    } else {
      ended.add(delivery);
    }
  }

  /** Makes the spans of the deliveries that have ended. */
  void record() {
    for (EndedDelivery next = ended.poll(); next != null; next = ended.poll()) {
      waiting.decrementAndGet();
      next.record(tracer);
    }
    long without = leftOut.get();
    if (without > 0
        && lines.write(more -> log.warn("{} deliveries have no span{}", without, more))) {
      leftOut.addAndGet(-without);
    }
  }

  @Override
  public void close() {
    thread.execute(this::record);
    thread.shutdown();
    try {
      var _ = thread.awaitTermination(CLOSE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
