package io.pushfanout.client;

import io.grpc.ConnectivityState;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.pushfanout.client.BroadcastCaller.CallerException;
import io.pushfanout.client.ClientTls.CallerTls;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.PushServerGrpc;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A factory of gRPC channels to one node. */
public final class NodeChannels {
  private final NodeAddress node;
  private final @Nullable CallerTls tls;

  /**
   * @param tls null: no TLS
   */
  public NodeChannels(NodeAddress node, @Nullable CallerTls tls) {
    this.node = node;
    this.tls = tls;
  }

  /** Returns a channel that connects at its first call; the caller closes it. */
  public ManagedChannel open() {
    return Channels.to(node, tls).build();
  }

  /**
   * Returns a connected channel; the caller closes it.
   *
   * @throws UnreachableException when there is no connection within the timeout
   */
  public ManagedChannel connect(Duration timeout)
      throws UnreachableException, InterruptedException {
    Deadline deadline = Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS);
    try {
      new NameResolution(InetAddress::getAllByName).await(node, timeout);
    } catch (CallerException e) {
      throw new UnreachableException(String.valueOf(e.getMessage()));
    }
    ManagedChannel channel = open();
    ConnectivityState state = channel.getState(true);
    while (isPending(state) && !deadline.isExpired()) {
      awaitChange(channel, state, deadline);
      state = channel.getState(true);
    }
    if (state == ConnectivityState.READY) {
      return channel;
    }
    StatusRuntimeException failure = failureOf(channel);
    channel.shutdownNow();
    if (failure == null) {
      throw new UnreachableException(CallError.unreachable(node, "unstable connection"));
    }
    throw new UnreachableException(CallError.of(failure, node, tls != null, timeout));
  }

  private static boolean isPending(ConnectivityState state) {
    return state == ConnectivityState.IDLE || state == ConnectivityState.CONNECTING;
  }

  private static void awaitChange(
      ManagedChannel channel, ConnectivityState state, Deadline deadline)
      throws InterruptedException {
    CountDownLatch changed = new CountDownLatch(1);
    channel.notifyWhenStateChanged(state, changed::countDown);
    var _ = changed.await(deadline.timeRemaining(TimeUnit.NANOSECONDS), TimeUnit.NANOSECONDS);
  }

  /** Returns the failure of a call, which has the cause of the missing connection. */
  private static @Nullable StatusRuntimeException failureOf(ManagedChannel channel) {
    try {
      var _ =
          PushServerGrpc.newBlockingStub(channel)
              .withDeadlineAfter(1, TimeUnit.MILLISECONDS)
              .broadcast(BroadCastReq.getDefaultInstance());
      return null;
    } catch (StatusRuntimeException e) {
      return e;
    }
  }
}
