package io.pushfanout.connect;

import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.queue.QueuedMessage;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A plain engine: delivers a number of messages, so many at a time, and counts how they end. */
final class Pump implements NodeConnection.Listener {
  private static final long TIMEOUT_NANOS = 30_000_000_000L;

  private final Deque<QueuedMessage> queue = new ArrayDeque<>();
  private final Map<StatusCode, Integer> ends =
      Collections.synchronizedMap(new EnumMap<>(StatusCode.class));
  private final CountDownLatch done;
  private final int concurrency;
  private final NodeConnection connection;
  private int inFlight;
  private final AtomicInteger timesAvailable = new AtomicInteger();

  /** Each message is its number, in four bytes, from 0. */
  Pump(EventLoops loops, NodeAddress node, int messages, int concurrency) {
    for (int i = 0; i < messages; i++) {
      byte[] number = {(byte) (i >>> 24), (byte) (i >>> 16), (byte) (i >>> 8), (byte) i};
      queue.add(QueuedMessage.alone(new Payload(Rpc.BROADCAST, number), 0, i));
    }
    done = new CountDownLatch(messages);
    this.concurrency = concurrency;
    connection =
        new NettyConnector(loops, TlsProfiles.NONE, 0)
            .open(node, () -> "party", TlsChoice.PLAINTEXT, this);
    connection.loop().execute(connection::start);
  }

  CountDownLatch done() {
    return done;
  }

  Map<StatusCode, Integer> ends() {
    return ends;
  }

  int timesAvailable() {
    return timesAvailable.get();
  }

  void close() {
    connection.loop().execute(connection::close);
  }

  private void pump() {
    while (inFlight < concurrency && !queue.isEmpty() && connection.available()) {
      inFlight++;
      connection.deliver(queue.removeFirst(), TIMEOUT_NANOS);
    }
    connection.flush();
  }

  @Override
  public void onConnected(int nodesConcurrency) {
    pump();
  }

  @Override
  public void onConcurrency(int nodesConcurrency) {}

  @Override
  public void onDisconnected(String why, boolean orderly) {}

  @Override
  public void onNotDialled(String why) {}

  @Override
  public void onAvailable() {
    timesAvailable.incrementAndGet();
    pump();
  }

  @Override
  public void onRoutingLoop() {
    throw new AssertionError("a loop of a node that is none");
  }

  @Override
  public void onCompleted(
      QueuedMessage message, Evidence evidence, StatusCode code, String detail) {
    inFlight--;
    ends.merge(code, 1, Integer::sum);
    done.countDown();
    pump();
  }

  @Override
  public void onUnprocessed(QueuedMessage message, Evidence evidence) {
    inFlight--;
    queue.addFirst(message);
    pump();
  }
}
