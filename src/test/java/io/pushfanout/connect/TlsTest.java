package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.ClientAuth;
import io.pushfanout.connect.ScriptedNode.Frame;
import io.pushfanout.connect.ScriptedNode.Wire;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.tools.Ports;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** TLS to nodes: the trusted ones, the reasons for the others, and the ends of calls. */
class TlsTest {
  @RegisterExtension static final TlsStage STAGE = new TlsStage();

  private static TlsChoice named(String serverName) {
    return new TlsChoice("trusted", serverName);
  }

  private static GrpcNode node(ClientAuth clients, GrpcNode.Handler handler) throws IOException {
    return new GrpcNode(
        Ports.free(), handler, builder -> builder.sslContext(TlsNodes.grpc(clients)));
  }

  private static String refusal(GrpcNode node, TlsChoice tls) throws Exception {
    EngineDouble engine = STAGE.open(node.address(), tls);
    String said = engine.next();
    engine.close();
    return said;
  }

  @Test
  void bodiesOfAnySizePassToANodeOnGrpcJava() throws Exception {
    var requests = new ConcurrentLinkedQueue<byte[]>();
    GrpcNode.Handler record =
        (call, headers, request) -> {
          requests.add(request);
          GrpcNode.answer(call);
        };
    byte[] large = new byte[1 << 20];
    new Random(1).nextBytes(large);
    try (GrpcNode node = node(ClientAuth.NONE, record)) {
      EngineDouble engine =
          STAGE.open(new NodeAddress("localhost", node.address().port()), TlsNodes.TRUSTED);
      String said = engine.next();
      while (said.contains("Connection refused")) {
        said = engine.next(); // localhost is ::1 too.
      }
      assertThat(said).startsWith("connected");
      for (byte[] body : new byte[][] {{1, 2, 3}, large, {}}) {
        engine.deliver(body, Duration.ofSeconds(20));
        assertThat(engine.next()).endsWith(" OK");
        assertThat(requests.remove()).isEqualTo(body);
      }
      engine.close();
    }
  }

  @Test
  void theSchemeIsHttps() throws Exception {
    try (ScriptedNode node = new ScriptedNode(Ports.free(), TlsNodes.jdk())) {
      EngineDouble engine = STAGE.open(node.address(), TlsNodes.TRUSTED);
      try (Wire wire = node.acceptWithSettings()) {
        assertThat(engine.next()).startsWith("connected");
        engine.deliver("hello");
        // HPACK's static table: 7 is ":scheme: https", 6 is ":scheme: http".
        assertThat(wire.await(ScriptedNode.HEADERS).payload())
            .contains("\u0087")
            .doesNotContain("\u0086");
      }
      engine.close();
    }
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    try (GrpcNode node = node(ClientAuth.NONE, GrpcNode.OK)) {
      assertThat(refusal(node, named("other.example")))
          .startsWith("disconnected: its certificate is for others: ")
          .contains("other.example")
          .doesNotContain("\n");
      assertThat(refusal(node, named("node.example"))).startsWith("connected");
    }
  }

  @Test
  void aCertificateOfAStrangerIsRefused() throws Exception {
    TlsChoice publicly = new TlsChoice("public", null);
    try (GrpcNode node = node(ClientAuth.NONE, GrpcNode.OK)) {
      assertThat(refusal(node, publicly))
          .isEqualTo("disconnected: its certificate is not signed by a trusted CA");
    }
  }

  @Test
  void aCertificateThatHasExpiredIsRefused() throws Exception {
    var expired = TlsNodes.grpc(TlsNodes.EXPIRED, TlsNodes.CA, ClientAuth.NONE);
    try (GrpcNode node =
        new GrpcNode(Ports.free(), GrpcNode.OK, builder -> builder.sslContext(expired))) {
      assertThat(refusal(node, TlsNodes.TRUSTED))
          .isEqualTo("disconnected: its certificate has expired");
    }
  }

  @Test
  void aNodeThatWantsOurCertificateGetsIt() throws Exception {
    try (GrpcNode node = node(ClientAuth.REQUIRE, GrpcNode.OK)) {
      assertThat(refusal(node, TlsNodes.TRUSTED))
          .isEqualTo("disconnected: it wants a certificate of ours");
      assertThat(refusal(node, TlsNodes.KNOWN)).startsWith("connected");
    }
  }

  @Test
  void aNodeWithoutTlsIsOneClearReason() throws Exception {
    try (GrpcNode node = new GrpcNode(GrpcNode.OK)) {
      assertThat(refusal(node, TlsNodes.TRUSTED)).isEqualTo("disconnected: it does not speak TLS");
    }
  }

  @Test
  void aServerWithoutHttp2IsOneClearReasonAndDialledAgain() throws Exception {
    var factory = TlsNodes.jdk().getServerSocketFactory();
    try (SSLServerSocket web = (SSLServerSocket) factory.createServerSocket(0)) {
      web.setSoTimeout(10_000);
      EngineDouble engine =
          STAGE.open(new NodeAddress("127.0.0.1", web.getLocalPort()), TlsNodes.TRUSTED);
      for (int i = 0; i < 2; i++) {
        try (SSLSocket socket = (SSLSocket) web.accept()) {
          socket.startHandshake();
          assertThat(engine.next())
              .isEqualTo("disconnected: the node's TLS does not offer HTTP/2 (ALPN h2)");
        }
      }
      engine.close();
    }
  }

  @Test
  void callsGivenBackOfABrokenConnectionHaveNeverReachedTheNode() throws Exception {
    try (ScriptedNode node = new ScriptedNode(Ports.free(), TlsNodes.jdk())) {
      EngineDouble engine = STAGE.open(node.address(), TlsNodes.TRUSTED);
      try (Wire wire =
          node.acceptWithSettings(ScriptedNode.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE)) {
        assertThat(engine.next()).startsWith("connected");
        wire.windowUpdate(0, 1 << 30);
        int calls = 0;
        while (engine.available()) {
          engine.deliver(new byte[10_000], EngineDouble.LONG);
          calls++;
          assertThat(calls).as("calls of 10 kB in flight").isLessThan(10_000);
        }
        wire.frame(ScriptedNode.SETTINGS, 0, 1, new byte[0]); // Only allowed on stream 0.
        assertThat(engine.next()).startsWith("disconnected: ");
        int failed = 0;
        int givenBack = 0;
        for (int i = 0; i < calls; i++) {
          String end = engine.next();
          if (end.startsWith("unprocessed")) {
            givenBack++;
          } else {
            assertThat(end).startsWith("completed").contains(" UNAVAILABLE: ");
            failed++;
          }
        }
        assertThat(givenBack).isPositive();
        assertThat(begun(wire)).isLessThanOrEqualTo(failed);
      }
      engine.close();
    }
  }

  /** Returns the number of calls that have begun at the node by the connection's end. */
  private static int begun(Wire wire) throws IOException {
    int begun = 0;
    try {
      while (true) {
        Frame frame = wire.next();
        begun += frame.type() == ScriptedNode.HEADERS ? 1 : 0;
      }
    } catch (EOFException | javax.net.ssl.SSLException | java.net.SocketException _) {
      return begun;
    }
  }
}
