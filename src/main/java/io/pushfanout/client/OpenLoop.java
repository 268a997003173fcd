package io.pushfanout.client;

import io.grpc.Status;
import io.pushfanout.protocol.BroadCastReply;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A load generator with a fixed rate: a slow reply does not delay later calls. A call's latency
 * counts from its due time, so that a stall is measured by every call that it delayed, as real
 * callers would experience it.
 *
 * <p>{@link #run} belongs to one thread; the other methods may be called from any.
 */
public final class OpenLoop {
  private static final int MOST_IN_FLIGHT = 20_000;

  /** Maximum bytes of the calls in flight when the server accepts nothing. */
  private static final long MOST_BYTES_IN_FLIGHT = 256L << 20;

  /** Time after the end of the schedule in which late calls are still made. */
  private static final Duration LATEST = Duration.ofMillis(250);

  /** Time limit for replies after a stop. */
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(1);

  private final LoadConnections connections;
  private final ArrivalSchedule pace;
  private final int most;
  private final Semaphore room;
  private final Duration latest;
  private final Duration stopPatience;
  private final LoadRecorder tally = new LoadRecorder();
  private volatile long beginNanos;
  private volatile long endNanos;
  private volatile boolean stopped;

  public OpenLoop(LoadConnections connections, ArrivalSchedule pace) {
    this(connections, pace, LATEST, STOP_PATIENCE);
  }

  OpenLoop(
      LoadConnections connections, ArrivalSchedule pace, Duration latest, Duration stopPatience) {
    this.latest = latest;
    this.stopPatience = stopPatience;
    this.connections = connections;
    this.pace = pace;
    most = Math.clamp(MOST_BYTES_IN_FLIGHT / Math.max(1, connections.largest()), 1, MOST_IN_FLIGHT);
    room = new Semaphore(most);
    beginNanos = System.nanoTime();
  }

  /** Makes all the calls and waits until they end; their deadlines bound the wait. */
  public LoadResult run() throws InterruptedException {
    Load load = connections.begin(tally::streamEnded);
    beginNanos = System.nanoTime();
    long lastNanos = pace.duration().plus(latest).toNanos();
    long calls = pace.calls();
    for (long next = 0; next < calls && !stopped && elapsed() < lastNanos; ) {
      long early = pace.dueNanos(next) - elapsed();
      if (early > 0) {
        load.flush();
        LockSupport.parkNanos(early);
      } else if (hasRoom(load)) {
        start(load, next++);
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    // The measured time includes the interval between the last call and the end of the schedule.
    endNanos = beginNanos + (stopped ? elapsed() : Math.max(elapsed(), pace.duration().toNanos()));
    load.end();
    awaitEnds(load);
    return result();
  }

  private boolean hasRoom(Load load) throws InterruptedException {
    if (room.tryAcquire()) {
      return true;
    }
    load.flush();
    return room.tryAcquire(10, TimeUnit.MILLISECONDS);
  }

  private void awaitEnds(Load load) throws InterruptedException {
    Duration most = LoadConnections.CALL_TIMEOUT.plus(stopPatience);
    long deadline = System.nanoTime() + most.toNanos();
    long stopping = 0;
    while (System.nanoTime() < deadline && !allEnded(load)) {
      if (stopped && stopping == 0) {
        stopping = System.nanoTime() + stopPatience.toNanos();
        deadline = Math.min(deadline, stopping);
      }
    }
  }

  private boolean allEnded(Load load) throws InterruptedException {
    load.flush();
    if (!room.tryAcquire(most, 50, TimeUnit.MILLISECONDS)) {
      return false;
    }
    room.release(most);
    if (!load.isOver()) {
      Thread.sleep(1);
      return false;
    }
    return true;
  }

  private void start(Load load, long number) {
    long dueNanos = beginNanos + pace.dueNanos(number);
    tally.sent();
    load.send(
        number,
        new Load.Answer() {
          @Override
          public void replied(BroadCastReply reply) {
            tally.replied(reply, System.nanoTime() - dueNanos);
            room.release();
          }

          @Override
          public void failed(Status status) {
            tally.failed(status, System.nanoTime() - dueNanos);
            room.release();
          }
        });
  }

  /** Stops making calls, and waits only briefly for the replies to those in flight. */
  public void stop() {
    stopped = true;
  }

  public boolean wasStopped() {
    return stopped;
  }

  /** Returns the result so far. */
  public LoadResult result() {
    long nanos = endNanos == 0 ? elapsed() : endNanos - beginNanos;
    long due = Math.min(pace.calls(), Math.round(pace.perSecond() * nanos / 1e9));
    return tally.result(due, Duration.ofNanos(nanos));
  }

  private long elapsed() {
    return System.nanoTime() - beginNanos;
  }
}
