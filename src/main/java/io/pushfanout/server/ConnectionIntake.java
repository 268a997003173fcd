package io.pushfanout.server;

import io.netty.channel.Channel;
import io.pushfanout.http2.ServerConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The intake of one connection, which pauses after some calls for the loop's other work, and longer
 * while the queues of their nodes fill. On the connection's loop only.
 */
final class ConnectionIntake {
  private final Channel channel;
  private final ServerConnection connection;
  private final IntakeGate gate;
  private final LongSupplier nanoClock;

  /** Calls that have begun in this turn of the loop. */
  private int callsInTurn;

  private boolean paused;

  /** Tasks of streams that wait for the end of the pause. */
  private final List<Runnable> waiting = new ArrayList<>();

  /** Whether the channel is not read, because frames wait that it has brought. */
  private boolean stoppedReading;

  /**
   * @param gate slows the intake of calls, for all connections of the loop
   */
  ConnectionIntake(
      Channel channel, ServerConnection connection, IntakeGate gate, LongSupplier nanoClock) {
    this.channel = channel;
    this.connection = connection;
    this.gate = gate;
    this.nanoClock = nanoClock;
  }

  /** Returns whether the channel may be read, as far as the intake goes. */
  boolean mayRead() {
    return !stoppedReading;
  }

  /** Follows bytes that have arrived. */
  void onRead() {
    if (paused) {
      stoppedReading = true;
      channel.config().setAutoRead(false);
    } else {
      callsInTurn = 0;
    }
  }

  /** Returns whether the intake pauses. */
  boolean isPaused() {
    return paused;
  }

  /** Runs a task after the pause, behind the frames that have waited. */
  void afterPause(Runnable task) {
    waiting.add(task);
  }

  /** Counts a call that begins. */
  void onCall() {
    if (++callsInTurn >= IntakeGate.CALLS_OF_TURN) {
      pause(0);
    }
  }

  /** Slows the intake after a call whose nodes' queues fill. */
  void onPressure(int messageSize) {
    if (gate.isUsedUp(messageSize, nanoClock.getAsLong())) {
      pause(IntakeGate.TICK_NANOS);
    }
  }

  /**
   * Pauses the reading of frames.
   *
   * @param nanos the pause; 0 ends it in the loop's next turn, after the answers of nodes
   */
  private void pause(long nanos) {
    if (!paused) {
      paused = true;
      connection.pauseReading();
      channel.eventLoop().schedule(this::resume, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void resume() {
    paused = false;
    callsInTurn = 0;
    connection.resumeReading();
    if (!paused && stoppedReading) {
      stoppedReading = false;
      channel.config().setAutoRead(channel.isWritable());
    }
    List<Runnable> next = List.copyOf(waiting);
    waiting.clear();
    next.forEach(Runnable::run);
  }
}
