package io.pushfanout.server.guard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.grpc.Server;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.pushfanout.server.RawHttp2;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tls.ReloadingTlsContext;
import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.Certificates.Pair;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The timeout in gRPC's own pipeline, behind real TLS. */
@Timeout(60)
class PrefaceTimeoutTlsTest {
  @TempDir Path dir;

  private final ConnectionLimitHandler gate = new ConnectionLimitHandler(10, System::nanoTime);
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
  private ReloadingTlsContext client;
  private Server server;

  @BeforeEach
  void start() throws Exception {
    Certificates pki = new Certificates(dir);
    Pair pair = pki.issue("server", "ip:127.0.0.1");
    client = ReloadingTlsContext.open(new PemFiles(null, null, pki.ca()));
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                TlsServerCredentials.create(pair.certificate().toFile(), pair.key().toFile()))
            .channelFactory(this::listening)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
    client.close();
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  private SSLSocket shakeHands() throws Exception {
    SSLSocket socket =
        (SSLSocket)
            client.clientContext().getSocketFactory().createSocket("127.0.0.1", server.getPort());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(20_000);
    socket.startHandshake();
    return socket;
  }

  /** A limited channel; the test sees the accepted connections before the limit. */
  private ServerChannel listening() {
    ServerChannel channel = gate.channelFactory(NioServerSocketChannel.class).newChannel();
    channel
        .pipeline()
        .addFirst(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object connection) {
                accepted.add((Channel) connection);
                context.fireChannelRead(connection);
              }
            });
    return channel;
  }

  /** Ends the time for the preface of the connection that was accepted last. */
  private void endTime() throws Exception {
    ChannelPipeline pipeline =
        requireNonNull(accepted.poll(10, TimeUnit.SECONDS), "nobody was accepted").pipeline();
    loops
        .submit(
            () -> PrefaceTimeoutHandler.onTimeout(pipeline.context(PrefaceTimeoutHandler.class)))
        .get();
  }

  @Test
  void aConnectionThatIsSilentAfterItsHandshakeIsClosed() throws Exception {
    try (SSLSocket silent = shakeHands()) {
      assertThat(silent.getInputStream().readNBytes(9)).as("the head of our SETTINGS").hasSize(9);
      endTime();
      assertThatCode(() -> silent.getInputStream().readAllBytes())
          .as("the rest, and the end")
          .doesNotThrowAnyException();
      await().until(() -> gate.open() == 0);
    }
  }

  @Test
  void aConnectionMayBeSilentAfterItsPreface() throws Exception {
    try (RawHttp2 speaking = new RawHttp2(shakeHands())) {
      call(speaking, 1);
      endTime();
      call(speaking, 3);
      assertThat(gate.open()).isEqualTo(1);
    }
  }

  private static void call(RawHttp2 speaking, int stream) throws Exception {
    speaking.begin(stream, "/no.such/Method");
    speaking.flush();
    assertThat(speaking.status(stream)).startsWith("12 ");
  }
}
