package io.pushfanout.it;

import static io.grpc.netty.NettyChannelBuilder.forTarget;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Callers on grpc-java that give each message an id and wait for its deliveries. A message without
 * the proof that each node has it is sent again with its id, to the other replica.
 */
final class RepeatedCalls implements AutoCloseable {
  private static final Metadata.Key<String> ID =
      Metadata.Key.of("pushfanout-message-id", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> WAIT =
      Metadata.Key.of("pushfanout-wait", Metadata.ASCII_STRING_MARSHALLER);

  private final List<ManagedChannel> replicas = new ArrayList<>();
  private final int nodes;
  private final AtomicInteger sent = new AtomicInteger();
  private final Set<Integer> proven = ConcurrentHashMap.newKeySet();
  private final Set<Integer> repeated = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<String> outcomes = new ConcurrentLinkedQueue<>();

  /**
   * @param nodes the nodes that each message is for
   */
  RepeatedCalls(int nodes, ServeProcess... replicas) {
    this.nodes = nodes;
    for (ServeProcess replica : replicas) {
      this.replicas.add(forTarget(replica.grpc()).usePlaintext().build());
    }
  }

  /** Sends messages at a rate, to the replicas in turn. Their ids go on from the last one. */
  void send(int count, int perSecond) {
    long since = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long due = since + TimeUnit.SECONDS.toNanos(1) * i / perSecond;
      LockSupport.parkNanos(due - System.nanoTime());
      int id = sent.incrementAndGet();
      attempt(id, id % replicas.size());
    }
  }

  private void attempt(int id, int replica) {
    Metadata metadata = new Metadata();
    metadata.put(ID, "message-" + id);
    metadata.put(WAIT, "delivered");
    Proto message = Proto.newBuilder().setSeq(id).setBody(ByteString.copyFromUtf8("m")).build();
    PushServerGrpc.newStub(replicas.get(replica))
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
        .broadcast(
            BroadCastReq.newBuilder().setProto(message).build(),
            new StreamObserver<>() {
              @Override
              public void onNext(BroadCastReply reply) {
                if (reply.getDelivered() == nodes) {
                  proven.add(id);
                } else {
                  outcomes.add(reply.toString());
                }
              }

              @Override
              public void onError(Throwable error) {
                repeated.add(id);
                attempt(id, (replica + 1) % replicas.size());
              }

              @Override
              public void onCompleted() {}
            });
  }

  int sent() {
    return sent.get();
  }

  /** Returns the ids of the messages that each node has, as a reply proves. */
  Set<Integer> proven() {
    return Set.copyOf(proven);
  }

  /** Returns the ids of the messages that were sent again. */
  Set<Integer> repeated() {
    return Set.copyOf(repeated);
  }

  /** Returns the replies that prove less. */
  List<String> unproven() {
    return List.copyOf(outcomes);
  }

  @Override
  public void close() {
    replicas.forEach(ManagedChannel::shutdownNow);
  }
}
