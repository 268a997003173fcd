package io.pushfanout.connect;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.handler.ssl.ClientAuth;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** An echo node on grpc-java, in this process. */
final class JavaEchoNode implements EchoNode, GrpcNode.Handler {
  private static final Status REFUSED =
      Status.FAILED_PRECONDITION.withDescription("no room « 7 » 100%");

  private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
  private final GrpcNode node;

  JavaEchoNode(int port, boolean tls) throws IOException {
    node =
        new GrpcNode(
            port,
            this,
            builder -> tls ? builder.sslContext(TlsNodes.grpc(ClientAuth.NONE)) : builder);
  }

  /** Returns the line for a message, in the form of {@code src/test/interop.md}. */
  static String line(byte[] message) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(message);
      return "call " + message.length + " " + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void read(ServerCall<byte[], byte[]> call) {
    if (call.getMethodDescriptor().getFullMethodName().endsWith("/BroadcastToRoom")) {
      later(300, () -> call.request(2));
    } else {
      call.request(2);
    }
  }

  @Override
  public void handle(ServerCall<byte[], byte[]> call, Metadata headers, byte[] request) {
    said.add(line(request));
    switch (request.length == 0 ? ' ' : request[0]) {
      case 'L' -> {
        call.sendHeaders(new Metadata());
        call.sendMessage(new byte[1 << 20]);
        call.close(Status.OK, new Metadata());
      }
      case 'E' -> call.close(REFUSED, new Metadata());
      case 'T' -> call.close(REFUSED.withDescription("x".repeat(20_000)), new Metadata());
      case 'H' -> {
        call.sendHeaders(new Metadata());
        call.close(REFUSED, new Metadata());
      }
      case 'W' -> Context.current().addListener(_ -> said.add("cancelled"), Runnable::run);
      case 'S' -> later(500, () -> GrpcNode.answer(call));
      default -> GrpcNode.answer(call);
    }
  }

  private static void later(int millis, Runnable task) {
    CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(task);
  }

  @Override
  public List<String> said() {
    return List.copyOf(said);
  }

  @Override
  public void stop() throws InterruptedException {
    end(node.server().shutdown());
  }

  @Override
  public void kill() throws InterruptedException {
    end(node.server().shutdownNow());
  }

  private static void end(io.grpc.Server server) throws InterruptedException {
    if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
      throw new AssertionError("the server has not ended within 10 s");
    }
  }
}
