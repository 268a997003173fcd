package io.pushfanout.client;

import static com.google.common.util.concurrent.Uninterruptibles.awaitUninterruptibly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.pushfanout.client.BroadcastCaller.CallerException;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.tools.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BroadcastCallerTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final BroadCastReply OK =
      BroadCastReply.newBuilder().setCode("0").setMsg("OK").build();

  private final BlockingQueue<MessageLite> requests = new LinkedBlockingQueue<>();
  private final BlockingQueue<Metadata> metadata = new LinkedBlockingQueue<>();
  private volatile @Nullable Throwable failure;
  private volatile boolean silent;
  private Server server;
  private NodeAddress address;
  private BroadcastCaller caller;

  @BeforeEach
  void start() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Recorder())
            .intercept(new MetadataRecorder())
            .build()
            .start();
    address = new NodeAddress("127.0.0.1", server.getPort());
    caller = new BroadcastCaller(address, null, null);
  }

  @AfterEach
  void stop() {
    caller.close();
    server.shutdownNow();
  }

  @Test
  void messageWithoutRoomIsBroadcast() throws Exception {
    assertThat(caller.send(message(null, null), TIMEOUT)).isEqualTo(OK);
    assertThat(requests.take())
        .isEqualTo(
            BroadCastReq.newBuilder()
                .setProto(Proto.newBuilder().setOp(7).setBody(ByteString.copyFromUtf8("hi")))
                .build());
    Metadata sent = metadata.take();
    assertThat(sent.containsKey(ascii("pushfanout-target"))).isFalse();
  }

  @Test
  void messageWithRoomIsBroadcastToTheRoom() throws Exception {
    assertThat(caller.send(message("lobby", null), TIMEOUT)).isEqualTo(OK);
    assertThat(requests.take())
        .isEqualTo(
            BroadCastRoomReq.newBuilder()
                .setRoomId("lobby")
                .setProto(
                    Proto.newBuilder()
                        .setOp(7)
                        .setBody(ByteString.copyFromUtf8("hi"))
                        .setRoomid("lobby"))
                .build());
  }

  @Test
  void targetGoesIntoTheMetadata() throws Exception {
    caller.send(message(null, "prod/chat"), TIMEOUT);
    Metadata sent = metadata.take();
    assertThat(sent.get(ascii("pushfanout-target"))).isEqualTo("prod/chat");
  }

  @Test
  void refusalIsItsStatusAndItsDescriptionOnOneLine() {
    failure =
        Status.NOT_FOUND.withDescription("pushfanout-target: no such\nfanout\u009b").asException();
    assertFails("NOT_FOUND: pushfanout-target: no such fanout\\u009b");
  }

  @Test
  void serverThatIsShuttingDownWasReached() {
    failure = Status.UNAVAILABLE.withDescription("the server is shutting down").asException();
    assertFails("UNAVAILABLE: the server is shutting down");
  }

  @Test
  void refusalNamesTheRetryDelay() {
    failure =
        StatusProto.toStatusException(
            com.google.rpc.Status.newBuilder()
                .setCode(Code.RESOURCE_EXHAUSTED_VALUE)
                .setMessage("a:1 is full")
                .addDetails(
                    Any.pack(
                        RetryInfo.newBuilder().setRetryDelay(Durations.fromMillis(1500)).build()))
                .build());
    assertFails("RESOURCE_EXHAUSTED: a:1 is full (retry after 1.500s)");
  }

  @Test
  void silentServerIsGivenUpAtTheTimeout() {
    silent = true;
    assertThatThrownBy(() -> caller.send(message(null, null), Duration.ofMillis(500)))
        .isInstanceOf(CallerException.class)
        .hasMessage("DEADLINE_EXCEEDED: no answer from " + address + " within 500ms");
  }

  @Test
  void portWithoutListenerIsReportedAsUnreachable() throws Exception {
    int port = Ports.free();
    try (BroadcastCaller lost =
        new BroadcastCaller(new NodeAddress("127.0.0.1", port), null, null)) {
      assertThatThrownBy(() -> lost.send(message(null, null), TIMEOUT))
          .isInstanceOf(CallerException.class)
          .hasMessage("cannot reach 127.0.0.1:" + port + ": Connection refused");
    }
  }

  @Test
  void serverOfPlainHttpIsNamedAsTheOtherPort() throws Exception {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.start();
    NodeAddress other = new NodeAddress("127.0.0.1", http.getAddress().getPort());
    try (BroadcastCaller lost = new BroadcastCaller(other, null, null)) {
      assertThatThrownBy(() -> lost.send(message(null, null), TIMEOUT))
          .isInstanceOf(CallerException.class)
          .hasMessage(other + " does not speak gRPC; is this the other port?");
    } finally {
      http.stop(0);
    }
  }

  /** A TLS server may react to plaintext in either way, depending on timing. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void serverThatClosesAtOnceLeadsToTheHintOnTls(boolean byReset) throws Exception {
    try (ServerSocket closing = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Threads.start("closes at once", () -> closeAtOnce(closing, byReset));
      NodeAddress other = new NodeAddress("127.0.0.1", closing.getLocalPort());
      try (BroadcastCaller lost = new BroadcastCaller(other, null, null)) {
        assertThatThrownBy(() -> lost.send(message(null, null), TIMEOUT))
            .isInstanceOf(CallerException.class)
            .hasMessage(
                other + " closed the connection without an answer; does it speak TLS (--tls)?");
      }
    }
  }

  private static void closeAtOnce(ServerSocket listener, boolean byReset) {
    while (!listener.isClosed()) {
      try (Socket socket = listener.accept()) {
        // Unread bytes would turn a close into a reset.
        socket.setSoLinger(byReset, 0);
        socket.getInputStream().readNBytes(1);
        if (!byReset) {
          socket.shutdownOutput();
          socket.getInputStream().readAllBytes();
        }
      } catch (IOException _) {
        // The test has ended.
      }
    }
  }

  @Test
  void unknownHostIsNamedAsUnreachable() {
    try (BroadcastCaller lost =
        new BroadcastCaller(new NodeAddress("nowhere.invalid", 1), null, null)) {
      assertThatThrownBy(() -> lost.send(message(null, null), TIMEOUT))
          .isInstanceOf(CallerException.class)
          .hasMessage("cannot reach nowhere.invalid:1: unknown host");
    }
  }

  @Test
  void nameServerThatDoesNotAnswerIsGivenUpAtTheTimeout() {
    CountDownLatch never = new CountDownLatch(1);
    NameResolution.Resolver silentResolver =
        _ -> {
          awaitUninterruptibly(never);
          return new InetAddress[0];
        };
    NodeAddress far = new NodeAddress("far.example", 1);
    try (BroadcastCaller lost = new BroadcastCaller(far, null, null, silentResolver)) {
      assertThatThrownBy(() -> lost.send(message(null, null), Duration.ofMillis(300)))
          .isInstanceOf(CallerException.class)
          .hasMessage("cannot reach far.example:1: no address of its host within 300ms");
    } finally {
      never.countDown();
    }
  }

  private void assertFails(String message) {
    assertThatThrownBy(() -> caller.send(message(null, null), TIMEOUT))
        .isInstanceOf(CallerException.class)
        .hasMessage(message);
  }

  private static BroadcastMessage message(@Nullable String room, @Nullable String target) {
    return new BroadcastMessage(room, 7, ByteString.copyFromUtf8("hi"), target);
  }

  private static Metadata.Key<String> ascii(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private final class Recorder extends PushServerGrpc.PushServerImplBase {
    @Override
    public void broadcast(BroadCastReq request, StreamObserver<BroadCastReply> answer) {
      record(request, answer);
    }

    @Override
    public void broadcastToRoom(BroadCastRoomReq request, StreamObserver<BroadCastReply> answer) {
      record(request, answer);
    }

    private void record(MessageLite request, StreamObserver<BroadCastReply> answer) {
      requests.add(request);
      Throwable fail = failure;
      if (fail != null) {
        answer.onError(fail);
      } else if (!silent) {
        answer.onNext(OK);
        answer.onCompleted();
      }
    }
  }

  private final class MetadataRecorder implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      metadata.add(headers);
      return next.startCall(call, headers);
    }
  }
}
