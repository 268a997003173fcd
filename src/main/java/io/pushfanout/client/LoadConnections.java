package io.pushfanout.client;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.pushfanout.client.ClientTls.CallerTls;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.IngestGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one server, and messages to send over them in turn, by unary calls or by one
 * stream for each connection.
 */
public final class LoadConnections implements AutoCloseable {
  /** Deadline of each call; also the time for the outcomes of a stream's last messages. */
  static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<BroadcastMessage> messages;
  private final List<Envelope> envelopes;
  private final ClientInterceptor target;
  private final @Nullable TokenCredentials token;
  private final boolean streams;

  /**
   * Creates connections that are established at their first calls.
   *
   * @param tls null: no TLS
   * @param token sent with each call; null: no token
   * @param count number of connections, 1 or more
   * @param streams whether each connection has a stream in place of unary calls
   * @param messages 1 or more, all for one target
   */
  public LoadConnections(
      NodeAddress server,
      @Nullable CallerTls tls,
      @Nullable TokenCredentials token,
      int count,
      boolean streams,
      List<BroadcastMessage> messages) {
    this.messages = List.copyOf(messages);
    this.envelopes = messages.stream().map(BroadcastMessage::envelope).toList();
    this.target = MetadataUtils.newAttachHeadersInterceptor(messages.getFirst().metadata());
    this.token = token;
    this.streams = streams;
    for (int i = 0; i < count; i++) {
      ManagedChannel channel =
          Channels.to(server, tls)
              // Counting a reply does not block, so it needs no other thread.
              .directExecutor()
              .build();
      channels.add(channel);
    }
  }

  /**
   * Begins a run.
   *
   * @param onStreamEnd receives the status of each stream that the server ends, on any thread
   */
  Load begin(Consumer<Status> onStreamEnd) {
    return streams
        ? new StreamLoad(
            channels.stream()
                .map(
                    channel ->
                        IngestGrpc.newStub(channel)
                            .withInterceptors(target)
                            .withCallCredentials(token))
                .toList(),
            envelopes,
            onStreamEnd)
        : new UnaryLoad(
            channels.stream()
                .map(
                    channel ->
                        PushServerGrpc.newStub(channel)
                            .withInterceptors(target)
                            .withCallCredentials(token))
                .toList(),
            messages);
  }

  /** Bytes of the largest message. */
  int largest() {
    return envelopes.stream().mapToInt(Envelope::getSerializedSize).max().orElse(0);
  }

  /** Closes the connections and cancels calls in flight. */
  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
