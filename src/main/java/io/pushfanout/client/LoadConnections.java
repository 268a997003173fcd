package io.pushfanout.client;

import io.grpc.ManagedChannel;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.pushfanout.client.ClientTls.CallerTls;
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
 * Connections to one server, and messages to send over them in turn. Each request is built once and
 * encoded for each call.
 */
public final class LoadConnections implements AutoCloseable {
  /** Deadline of each call. */
  static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<PushServerStub> stubs = new ArrayList<>();
  private final List<Request> requests;

  /** A request of one of the two kinds; the other field is null. */
  private record Request(@Nullable BroadCastReq toEveryUser, @Nullable BroadCastRoomReq toRoom) {}

  /**
   * Creates connections that are established at their first calls.
   *
   * @param tls null: no TLS
   * @param token sent with each call; null: no token
   * @param count number of connections, 1 or more
   * @param messages 1 or more, all for one target
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
              // Counting a reply does not block, so it needs no other thread.
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
   * @param number the call's number from 0, which selects the message and the connection
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

  /** Closes the connections and cancels calls in flight. */
  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
