package io.pushfanout.it;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.PushServerGrpc.PushServerImplBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;

/**
 * A connect-node in this process that listens on an address of the test's choice and answers OK.
 */
final class AnswersAll extends PushServerImplBase implements AutoCloseable {
  private final Server server;

  AnswersAll(String address, int port) {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(address, port))
            .addService(this)
            .build();
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void broadcast(BroadCastReq request, StreamObserver<BroadCastReply> reply) {
    answer(reply);
  }

  @Override
  public void broadcastToRoom(BroadCastRoomReq request, StreamObserver<BroadCastReply> reply) {
    answer(reply);
  }

  private static void answer(StreamObserver<BroadCastReply> reply) {
    reply.onNext(BroadCastReply.getDefaultInstance());
    reply.onCompleted();
  }

  @Override
  public void close() {
    stop();
  }

  /** Ends the node and its connections at once. */
  void stop() {
    server.shutdownNow();
    try {
      server.awaitTermination();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
