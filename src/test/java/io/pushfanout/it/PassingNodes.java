package io.pushfanout.it;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.protocol.v1.DeliveryGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Connect-nodes in this process that come and go by the thousand. Each node has a fresh loopback
 * address, so that leftovers of each node add up. Every other node implements streams.
 */
final class PassingNodes implements AutoCloseable {
  private static final int HOSTS_OF_A_NET = 250;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final AtomicLong received = new AtomicLong();
  private int started;

  /** One node. */
  record Node(String address, Server server) {
    /** Ends the node without a graceful shutdown. */
    void end() {
      server.shutdownNow();
    }
  }

  Node start() {
    int number = started++;
    String host =
        "127.1.%d.%d".formatted(number / HOSTS_OF_A_NET % 256, 1 + number % HOSTS_OF_A_NET);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(host, 0))
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .channelType(NioServerSocketChannel.class)
            .directExecutor()
            .addService(new Calls());
    if (number % 2 == 0) {
      builder.addService(new Streams());
    }
    try {
      Server server = builder.build().start();
      return new Node(host + ":" + server.getPort(), server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the messages that all nodes so far received. */
  long received() {
    return received.get();
  }

  @Override
  public void close() {
    loops.shutdownGracefully();
  }

  private final class Calls extends PushServerGrpc.PushServerImplBase {
    @Override
    public void broadcast(BroadCastReq request, StreamObserver<BroadCastReply> reply) {
      received.incrementAndGet();
      reply.onNext(BroadCastReply.getDefaultInstance());
      reply.onCompleted();
    }
  }

  private final class Streams extends DeliveryGrpc.DeliveryImplBase {
    @Override
    public StreamObserver<DeliverRequest> deliver(StreamObserver<DeliverResponse> responses) {
      return new StreamObserver<>() {
        private long acknowledged;

        @Override
        public void onNext(DeliverRequest request) {
          acknowledged += request.getEnvelopesCount();
          received.addAndGet(request.getEnvelopesCount());
          responses.onNext(DeliverResponse.newBuilder().setAcknowledged(acknowledged).build());
        }

        @Override
        public void onError(Throwable lost) {
          // The node or the server has ended.
        }

        @Override
        public void onCompleted() {
          responses.onCompleted();
        }
      };
    }
  }
}
