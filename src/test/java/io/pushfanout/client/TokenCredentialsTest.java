package io.pushfanout.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.pushfanout.client.BroadcastCaller.CallerException;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.PushServerGrpc;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCredentialsTest {
  private static final Context.Key<String> SHOWN = Context.key("shown");
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @TempDir Path dir;
  private final AtomicLong nanos = new AtomicLong();
  private Path path;
  private Server server;
  private BroadcastCaller caller;

  @BeforeEach
  void start() throws Exception {
    path = Files.writeString(dir.resolve("token"), "first\n");
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .intercept(new Shown())
            .addService(new Echo())
            .build()
            .start();
    NodeAddress address = new NodeAddress("127.0.0.1", server.getPort());
    caller = new BroadcastCaller(address, null, new TokenCredentials(path, nanos::get));
  }

  @AfterEach
  void stop() {
    caller.close();
    server.shutdownNow();
  }

  private String shown() throws CallerException {
    return caller.send(new BroadcastMessage(null, 0, ByteString.EMPTY, null), TIMEOUT).getDesc();
  }

  @Test
  void theTokenIsShownAndItsSuccessorAfterASecond() throws Exception {
    assertThat(shown()).isEqualTo("Bearer first");
    Files.writeString(path, "second");
    nanos.addAndGet(999_999_999);
    assertThat(shown()).isEqualTo("Bearer first");

    nanos.addAndGet(1);
    assertThat(shown()).isEqualTo("Bearer second");
  }

  @Test
  void aFileThatIsNotThereIsNamed() throws Exception {
    Files.delete(path);

    assertThatThrownBy(this::shown)
        .hasMessage("UNAUTHENTICATED: the token file " + path + ": no such file or directory");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "very secret", "very\nsecret", "sécret"})
  void invalidTokenIsNeitherSentNorShown(String content) throws Exception {
    Files.writeString(path, content);

    assertThatThrownBy(this::shown)
        .hasMessage(
            "UNAUTHENTICATED: the token file "
                + path
                + ": must have one token in it, and nothing else");
  }

  private static final class Shown implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      String shown =
          headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
      return Contexts.interceptCall(
          Context.current().withValue(SHOWN, String.valueOf(shown)), call, headers, next);
    }
  }

  private static final class Echo extends PushServerGrpc.PushServerImplBase {
    @Override
    public void broadcast(BroadCastReq request, StreamObserver<BroadCastReply> answer) {
      answer.onNext(BroadCastReply.newBuilder().setDesc(SHOWN.get()).build());
      answer.onCompleted();
    }
  }
}
