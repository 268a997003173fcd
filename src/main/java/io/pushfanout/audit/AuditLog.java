package io.pushfanout.audit;

import io.pushfanout.concurrent.FailureLog;
import io.pushfanout.concurrent.Guarded;
import io.pushfanout.concurrent.RepeatedTask;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.reload.FileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log with a line for each call. Event loops only add records to a bounded queue; one thread
 * formats and writes them, ten times a second and until the queue is empty. A record without room
 * is counted and left out, and a line of the log has the count.
 *
 * <p>A failed write is retried once a second, from the first byte that the output did not take.
 */
public final class AuditLog implements AuditSink, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AuditLog.class);

  private static final Duration WRITE_EVERY = Duration.ofMillis(100);
  static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  /**
   * Duration from which on a write is a problem: of a pipe without a reader, or of a network disk.
   */
  static final Duration BLOCKED_AFTER = Duration.ofSeconds(5);

  /** Pause between two warnings about gaps in the program's log. */
  private static final Duration WARN_EVERY = Duration.ofMinutes(1);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** Bytes written at once, and a line more. */
  private static final int BATCH_BYTES = 64 << 10;

  private final AuditOutput output;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final AuditQueue queue = new AuditQueue();
  private final ScheduledExecutorService thread = Threads.scheduler("pushfanout-audit");
  private final FailureLog failures = new FailureLog("writing the audit log");

  // Confined to the writer's thread.
  private final ByteArrayOutputStream batch = new ByteArrayOutputStream(BATCH_BYTES);
  private int linesOfBatch;
  private @Nullable ByteBuffer pending;
  private @Nullable Long failedNanos;
  private @Nullable Long warnedNanos;
  private long unwarned;

  private volatile @Nullable String failure;
  private volatile @Nullable Long writingSinceNanos;
  private final AtomicLong written = new AtomicLong();

  public AuditLog(AuditOutput output, InstantSource clock, LongSupplier nanoClock) {
    this.output = output;
    this.clock = clock;
    this.nanoClock = nanoClock;
  }

  public void start() {
    Future<?> _ =
        new RepeatedTask("a write of the audit log", () -> write(false))
            .start(thread, WRITE_EVERY, WRITE_EVERY);
  }

  @Override
  public void add(AuditRecord call) {
    queue.offer(call);
  }

  @Override
  public void leaveOut() {
    queue.leaveOut();
  }

  /** Returns the number of lines written, those about gaps included. From any thread. */
  public long written() {
    return written.get();
  }

  /** Returns the number of calls without a line. From any thread. */
  public long leftOut() {
    return queue.leftOut();
  }

  /** Returns the reason why nothing is written now, in one line. From any thread. */
  public Optional<String> problem() {
    String why = failure;
    Long since = writingSinceNanos;
    if (why == null && since != null) {
      Duration blocked = Duration.ofNanos(nanoClock.getAsLong() - since);
      if (blocked.compareTo(BLOCKED_AFTER) >= 0) {
        why = "a write has not ended for %d s".formatted(blocked.toSeconds());
      }
    }
    return Optional.ofNullable(why);
  }

  /**
   * Writes the queued records.
   *
   * @param last whether to retry at once after a failure too
   */
  void write(boolean last) {
    long now = nanoClock.getAsLong();
    if (!last && failedNanos != null && now - failedNanos < AFTER_FAILURE.toNanos()) {
      return;
    }
    try {
      flush();
      for (AuditQueue.Entry next = queue.poll(); next != null; next = queue.poll()) {
        append(next);
        if (batch.size() >= BATCH_BYTES) {
          flush();
        }
      }
      AuditQueue.Entry gap = queue.takeGap(clock.millis());
      if (gap != null) {
        append(gap);
      }
      flush();
      succeeded();
    } catch (IOException e) {
      failed(e, now);
    }
  }

  private void append(AuditQueue.Entry entry) {
    switch (entry) {
      case AuditQueue.Entry.Call(AuditRecord call) -> batch.writeBytes(AuditJson.line(call));
      case AuditQueue.Entry.Gap(long endMillis, long calls) -> {
        batch.writeBytes(AuditJson.gap(endMillis, calls));
        warnOfGap(calls);
      }
    }
    linesOfBatch++;
  }

  private void flush() throws IOException {
    if (pending == null) {
      if (batch.size() == 0) {
        return;
      }
      pending = ByteBuffer.wrap(batch.toByteArray());
      batch.reset();
    }
    writingSinceNanos = nanoClock.getAsLong();
    try {
      output.write(pending);
    } finally {
      writingSinceNanos = null;
    }
    pending = null;
    written.addAndGet(linesOfBatch);
    linesOfBatch = 0;
  }

  private void succeeded() {
    failures.succeeded();
    failedNanos = null;
    failure = null;
  }

  private void failed(IOException e, long now) {
    failures.failed(e);
    failedNanos = now;
    failure = FileException.why(e);
  }

  private void warnOfGap(long calls) {
    unwarned += calls;
    long now = nanoClock.getAsLong();
    if (warnedNanos == null || now - warnedNanos >= WARN_EVERY.toNanos()) {
      log.warn("{} calls have no line in the audit log", unwarned);
      unwarned = 0;
      warnedNanos = now;
    }
  }

  /**
   * Writes the queued records, for 2 s at most, and closes the output. May be called repeatedly.
   */
  @Override
  public void close() {
    if (thread.isShutdown()) {
      return;
    }
    thread.execute(Guarded.run("the last write of the audit log", this::writeLast));
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("the audit log does not end in time; {} calls have no line", queue.waiting());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeLast() {
    write(true);
    int lost = linesOfBatch + queue.waiting();
    if (lost > 0) {
      log.warn("the audit log ends without its last {} lines", lost);
    }
    try {
      output.close();
    } catch (IOException e) {
      log.warn("the audit log was not closed in order: {}", FileException.why(e));
    }
  }
}
