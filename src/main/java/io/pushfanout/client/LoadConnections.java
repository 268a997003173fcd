package io.pushfanout.client;

import io.grpc.ManagedChannel;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.PushServerGrpc.PushServerStub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one server, and messages to send over them, each in its turn. Requests are encoded
 * anew for each call, but made once.
 */
public final class LoadConnections implements AutoCloseable {
  /** Nobody who measures waits longer for one call. */
  static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<PushServerStub> stubs = new ArrayList<>();
  private final List<Request> requests;

  /** One of the two is there. */
  private record Request(@Nullable BroadCastReq toEveryUser, @Nullable BroadCastRoomReq toRoom) {}

  /**
   * Connects with the first calls, not before.
   *
   * @param tls null: none
   * @param token shown with each call; null is none
   * @param count how many connections, 1 or more
   * @param messages all to one target, 1 or more
   */
  public LoadConnections(
      NodeAddress server,
      @Nullable CallerTls tls,
      @Nullable TokenCredentials token,
      int count,
      List<BroadcastMessage> messages) {
    requests = messages.stream().map(LoadConnections::request).toList();
    var target = MetadataUtils.newAttachHeadersInterceptor(messages.getFirst().metadata());
    for (int i = 0; i < count; i++) {
      ManagedChannel channel =
          Channels.to(server, tls)
              // Replies are counted where they arrive: that blocks nobody.
              .directExecutor()
              .build();
      channels.add(channel);
      stubs.add(
          PushServerGrpc.newStub(channel).withInterceptors(target).withCallCredentials(token));
    }
  }

  private static Request request(BroadcastMessage message) {
    return message.room() == null
        ? new Request(message.toEveryUser(), null)
        : new Request(null, message.toRoom());
  }

  /**
   * Starts a call and returns at once.
   *
   * @param number of the call, from 0: which message goes over which connection
   */
  void call(long number, StreamObserver<BroadCastReply> observer) {
    Request request = requests.get((int) (number % requests.size()));
    PushServerStub stub =
        stubs
            .get((int) (number % stubs.size()))
            .withDeadlineAfter(CALL_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    if (request.toEveryUser() != null) {
      stub.broadcast(request.toEveryUser(), observer);
    } else if (request.toRoom() != null) {
      stub.broadcastToRoom(request.toRoom(), observer);
    }
  }

  /** Bytes of the largest request. */
  int largest() {
    return requests.stream()
        .mapToInt(
            r ->
                r.toEveryUser() != null
                    ? r.toEveryUser().getSerializedSize()
                    : r.toRoom() != null ? r.toRoom().getSerializedSize() : 0)
        .max()
        .orElse(0);
  }

  /** Ends calls in flight too. */
  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
