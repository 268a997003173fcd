package io.pushfanout.it;

import static java.util.Objects.requireNonNull;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A caller that sends rooms' messages to several servers, and tries another one when one ends. */
final class RoomCaller implements AutoCloseable {
  /** Calls under way at a time. */
  private static final int CALLS = 200;

  private final Map<String, ManagedChannel> channels = new HashMap<>();
  private final AtomicInteger lastId = new AtomicInteger();
  private final ConcurrentLinkedQueue<Broadcast> accepted = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final Semaphore calls = new Semaphore(CALLS);
  private List<String> servers = List.of();

  /** A broadcast that a server accepted. */
  record Broadcast(
      int id, String room, long issuedNanos, long repliedNanos, BroadCastReply reply) {}

  /** Sets the servers of the next calls. */
  synchronized void to(List<String> addresses) {
    servers = List.copyOf(addresses);
    for (String gone : List.copyOf(channels.keySet())) {
      if (!servers.contains(gone)) {
        requireNonNull(channels.remove(gone)).shutdown();
      }
    }
    for (String address : servers) {
      channels.computeIfAbsent(
          address, to -> NettyChannelBuilder.forTarget(to).usePlaintext().directExecutor().build());
    }
  }

  private synchronized ManagedChannel channel(int turn) {
    return requireNonNull(channels.get(servers.get(turn % servers.size())));
  }

  /** Sends a message to a room; waits only while too many calls are under way. */
  void send(String room) throws InterruptedException {
    calls.acquire();
    new Call(lastId.incrementAndGet(), room).start();
  }

  /** Waits for the end of all calls, and returns the accepted broadcasts since the last time. */
  List<Broadcast> finish() throws InterruptedException {
    calls.acquire(CALLS);
    calls.release(CALLS);
    List<Broadcast> all = new ArrayList<>(accepted);
    accepted.clear();
    return all;
  }

  /** Returns the statuses of calls that no server accepted. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public synchronized void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }

  private final class Call implements StreamObserver<BroadCastReply> {
    private static final int ATTEMPTS = 20;

    private final int id;
    private final String room;
    private final long issuedNanos = System.nanoTime();
    private int attempts;

    private Call(int id, String room) {
      this.id = id;
      this.room = room;
    }

    private void start() {
      PushServerGrpc.newStub(channel(id + attempts++))
          .broadcastToRoom(
              BroadCastRoomReq.newBuilder()
                  .setRoomId(room)
                  .setProto(Proto.newBuilder().setSeq(id))
                  .build(),
              this);
    }

    @Override
    public void onNext(BroadCastReply reply) {
      accepted.add(new Broadcast(id, room, issuedNanos, System.nanoTime(), reply));
    }

    @Override
    public void onError(Throwable t) {
      Status status = Status.fromThrowable(t);
      if (status.getCode() == Status.Code.UNAVAILABLE && attempts < ATTEMPTS) {
        start();
      } else {
        failures.add(String.valueOf(status));
        calls.release();
      }
    }

    @Override
    public void onCompleted() {
      calls.release();
    }
  }
}
