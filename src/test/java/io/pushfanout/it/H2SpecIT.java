package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.Http2Headers;
import io.pushfanout.http2.EncodedReply;
import io.pushfanout.http2.LiteralHeaders;
import io.pushfanout.http2.ServerConnection;
import io.pushfanout.http2.ServerConnectionListener;
import io.pushfanout.http2.ServerStream;
import io.pushfanout.http2.WriteBuffers;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.GoTool;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The cases of h2spec against the callers' port, plaintext and TLS, and against the frames alone.
 */
class H2SpecIT {
  /** Time for one case: only a failing one takes it. */
  private static final int CASE_SECONDS = 2;

  private static final int CASES = 146;

  /**
   * Cases that break a rule in the rest of a request. Each is a GET without a content type, to
   * which the server replies by its headers alone; the rest of such a request is ignored (RFC 9113,
   * 8.1).
   */
  private static final List<String> REPLIED_BEFORE =
      List.of(
          "http2/6.9.1 Sends multiple WINDOW_UPDATE frames increasing the flow control window to"
              + " above 2^31-1 on a stream",
          "http2/8.1.2.6 Sends a HEADERS frame with the \"content-length\" header field which does"
              + " not equal the DATA frame payload length",
          "http2/8.1.2.6 Sends a HEADERS frame with the \"content-length\" header field which does"
              + " not equal the sum of the multiple DATA frames payload length");

  @Test
  void everyCasePasses(@TempDir Path dir) throws Exception {
    Certificates authority = new Certificates(dir);
    Certificates.Pair own = authority.issue("server", "ip:127.0.0.1");
    try (ServeProcess plaintext = ServeProcess.bound("--node=127.0.0.1:1");
        ServeProcess tls =
            ServeProcess.bound(
                "--node=127.0.0.1:1", "--tls-cert=" + own.certificate(), "--tls-key=" + own.key());
        FrameServer frames = new FrameServer();
        Run ofFrames = new Run(frames.port());
        Run ofPlaintext = new Run(port(plaintext));
        Run ofTls = new Run(port(tls), "--tls", "--insecure")) {
      assertThat(ofFrames.failures()).as("frames").isEmpty();
      assertThat(ofPlaintext.failures()).as("plaintext").isEqualTo(REPLIED_BEFORE);
      assertThat(ofTls.failures()).as("TLS").isEqualTo(REPLIED_BEFORE);
    }
  }

  private static int port(ServeProcess serve) {
    return NodeAddress.parse(serve.grpc()).port();
  }

  /** A run of all cases against a port. */
  private static final class Run implements AutoCloseable {
    private final Path report = ChildProcess.file("h2spec.xml");
    private final ChildProcess process;

    Run(int port, String... flags) {
      List<String> command = new ArrayList<>(List.of(GoTool.H2SPEC.path().toString()));
      command.addAll(List.of("--strict", "--port=" + port, "--timeout=" + CASE_SECONDS));
      command.add("--junit-report=" + report);
      command.addAll(List.of(flags));
      process = ChildProcess.start("h2spec", Map.of(), command);
    }

    /** Waits for the end and returns the cases that failed. */
    List<String> failures() throws Exception {
      process.awaitExit(Duration.ofMinutes(2));
      Element root =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(report.toFile())
              .getDocumentElement();
      assertThat(elements(root, "testcase")).as(process.toString()).hasSize(CASES);
      assertThat(elements(root, "skipped")).as(process.toString()).isEmpty();
      return elements(root, "testcase")
          .filter(test -> test.getElementsByTagName("*").getLength() > 0)
          .map(test -> test.getAttribute("package") + " " + test.getAttribute("classname"))
          .toList();
    }

    private static Stream<Element> elements(Element root, String name) {
      NodeList all = root.getElementsByTagName(name);
      return IntStream.range(0, all.getLength()).mapToObj(i -> (Element) all.item(i));
    }

    @Override
    public void close() {
      process.close();
    }
  }

  /** A server of frames without gRPC, which replies to each request once it is whole. */
  private static final class FrameServer implements AutoCloseable {
    private static final EncodedReply REPLY =
        EncodedReply.ofBody(new LiteralHeaders().status(200).block(), new byte[100]);

    private final EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel listening =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Peer().connection.handler());
                  }
                })
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();

    int port() {
      return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    @Override
    public void close() {
      loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static final class Peer implements ServerConnectionListener {
      final ServerConnection connection =
          new ServerConnection(
              this,
              new ServerConnection.Options(100, 1 << 20, 64 << 10, 100, true),
              WriteBuffers.PROCESS,
              System::nanoTime);

      @Override
      public ServerStream newStream(Http2Headers headers, boolean whole) {
        return new ServerStream() {
          @Override
          protected void onOpen() {}

          @Override
          protected void onData(ByteBuf data, boolean end) {
            connection.consumed(this, data.readableBytes());
            if (end) {
              connection.reply(this, REPLY);
            }
          }

          @Override
          protected void onCancelled() {}
        };
      }

      @Override
      public void onRead() {}

      @Override
      public void onPreface() {}

      @Override
      public void onReadComplete() {}

      @Override
      public boolean isPingTooMany() {
        return false;
      }

      @Override
      public void onReplySent() {}

      @Override
      public void onFailed(Throwable cause) {}

      @Override
      public void onClosed() {}
    }
  }
}
