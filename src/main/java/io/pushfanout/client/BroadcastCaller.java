package io.pushfanout.client;

import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.pushfanout.client.ClientTls.CallerTls;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.PushServerGrpc.PushServerBlockingStub;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client that sends broadcasts to one running server. May be used by several threads. */
public final class BroadcastCaller implements AutoCloseable {
  private final NodeAddress server;
  private final boolean tls;
  private final NameResolution lookUp;
  private final ManagedChannel channel;
  private final @Nullable TokenCredentials token;

  /**
   * Creates a client that connects at its first call.
   *
   * @param tls null: no TLS
   * @param token sent with each call; null: no token
   */
  public BroadcastCaller(
      NodeAddress server, @Nullable CallerTls tls, @Nullable TokenCredentials token) {
    this(server, tls, token, InetAddress::getAllByName);
  }

  BroadcastCaller(
      NodeAddress server,
      @Nullable CallerTls tls,
      @Nullable TokenCredentials token,
      NameResolution.Resolver resolver) {
    this.server = server;
    this.token = token;
    this.lookUp = new NameResolution(resolver);
    this.tls = tls != null;
    channel = Channels.to(server, tls).build();
  }

  /**
   * Sends one broadcast and waits for its reply.
   *
   * @param timeout for the whole call, including the resolution of the host's name
   * @throws CallerException when there is no reply; with {@link CallError#of} as its message
   */
  public BroadCastReply send(BroadcastMessage message, Duration timeout) throws CallerException {
    Deadline deadline = Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS);
    lookUp.await(server, timeout);
    PushServerBlockingStub stub =
        PushServerGrpc.newBlockingStub(channel)
            .withDeadline(deadline)
            .withCallCredentials(token)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(message.metadata()));
    try {
      return message.room() == null
          ? stub.broadcast(message.toEveryUser())
          : stub.broadcastToRoom(message.toRoom());
    } catch (StatusRuntimeException e) {
      throw new CallerException(CallError.of(e, server, tls, timeout), e);
    }
  }

  /** Closes the connection and cancels calls in flight. */
  @Override
  public void close() {
    channel.shutdownNow();
  }

  /** A failure of a broadcast; the message is one line for the user. */
  public static final class CallerException extends Exception {
    CallerException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
