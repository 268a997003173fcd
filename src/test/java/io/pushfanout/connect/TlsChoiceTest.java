package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.ClientAuth;
import io.pushfanout.connect.ScriptedNode.Wire;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.Certificates.Pair;
import io.pushfanout.tools.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A connection uses the chosen profile, with the contents of its files at the dial. */
@Execution(ExecutionMode.CONCURRENT)
class TlsChoiceTest {
  private static final TlsChoice LACKED = new TlsChoice("lacked", null);
  private static final String CHANGED = "replaced: the fanout's tls settings have changed";
  private static final String NOT_DIALLED =
      "not dialled: the server has no TLS profile named lacked";

  @RegisterExtension static final TlsStage STAGE = new TlsStage();

  @TempDir private Path dir;

  @Test
  void aNodeOfAProfileThatIsNotThereIsNotDialledBeforeAnotherIsChosen() throws Exception {
    try (ScriptedNode node = new ScriptedNode(Ports.free(), TlsNodes.jdk())) {
      EngineDouble engine = STAGE.open(node.address(), LACKED);
      assertThat(engine.next()).isEqualTo(NOT_DIALLED);
      engine.reconnectNow();
      assertThat(node.hasNoMoreConnections()).isTrue();

      engine.setTls(TlsNodes.TRUSTED);
      assertThat(engine.next()).isEqualTo(CHANGED);
      try (Wire _ = node.acceptWithSettings()) {
        assertThat(engine.next()).startsWith("connected");
        assertThat(node.hasNoMoreConnections()).isTrue();
      }
      engine.close();
    }
  }

  @Test
  void aChangeToAProfileThatIsNotThereNeverFallsBack() throws Exception {
    try (ScriptedNode node = new ScriptedNode()) {
      EngineDouble engine = STAGE.open(node.address(), TlsChoice.PLAINTEXT);
      try (Wire wire = node.acceptWithSettings()) {
        assertThat(engine.next()).startsWith("connected");
        engine.setTls(LACKED);
        assertThat(engine.next()).isEqualTo(CHANGED);
        assertThat(engine.next()).isEqualTo(NOT_DIALLED);
        assertThat(engine.available()).isFalse();
        wire.awaitClosed();
      }
      assertThat(node.hasNoMoreConnections()).isTrue();
      // The time for a connection in place of the last has passed.
      Thread.sleep(Duration.ofMillis(1_200));
      assertThat(engine.heardNothingMore()).isTrue();
      engine.close();
    }
  }

  @Test
  void callsInFlightEndOnTheOldConnectionAndTheNextGoOnTheNew() throws Exception {
    try (ScriptedNode node = new ScriptedNode(Ports.free(), TlsNodes.jdk())) {
      EngineDouble engine = STAGE.open(node.address(), TlsNodes.TRUSTED);
      try (Wire old = node.acceptWithSettings()) {
        assertThat(engine.next()).startsWith("connected");
        engine.deliver("first");
        int first = old.awaitRequest();
        engine.setTls(TlsNodes.KNOWN);
        assertThat(engine.next()).isEqualTo(CHANGED);
        try (Wire fresh = node.acceptWithSettings()) {
          assertThat(engine.next()).startsWith("connected");
          engine.deliver("second");
          int second = fresh.awaitRequest();
          old.answerOk(first);
          assertThat(engine.next()).isEqualTo("completed 1 OK");
          old.awaitClosed();
          fresh.answerOk(second);
          assertThat(engine.next()).isEqualTo("completed 2 OK");
        }
      }
      engine.close();
    }
  }

  @Test
  void theSameChoiceAgainIsNoChange() throws Exception {
    try (ScriptedNode node = new ScriptedNode(Ports.free(), TlsNodes.jdk())) {
      EngineDouble engine = STAGE.open(node.address(), TlsNodes.TRUSTED);
      try (Wire wire = node.acceptWithSettings()) {
        assertThat(engine.next()).startsWith("connected");
        engine.setTls(new TlsChoice("trusted", null));
        engine.deliver("hello");
        wire.answerOk(wire.awaitRequest());
        assertThat(engine.next()).isEqualTo("completed 1 OK");
      }
      engine.close();
    }
  }

  @Test
  void aChangeAfterTheEndIsIgnored() throws Exception {
    try (ScriptedNode node = new ScriptedNode(Ports.free(), TlsNodes.jdk())) {
      EngineDouble engine = STAGE.open(node.address(), LACKED);
      assertThat(engine.next()).isEqualTo(NOT_DIALLED);
      engine.close();
      engine.setTls(TlsNodes.TRUSTED);
      assertThat(engine.heardNothingMore()).isTrue();
      assertThat(node.hasNoMoreConnections()).isTrue();
    }
  }

  @Test
  void aChangeWhileItIsDialledDialsAnew() throws Exception {
    try (ScriptedNode node = new ScriptedNode(Ports.free(), TlsNodes.jdk())) {
      EngineDouble engine = STAGE.open(node.address(), TlsNodes.TRUSTED);
      try (Wire silent = node.accept()) {
        engine.setTls(TlsNodes.KNOWN);
        assertThat(engine.next()).isEqualTo(CHANGED);
        try (Wire _ = node.acceptWithSettings()) {
          assertThat(engine.next()).startsWith("connected");
        }
        assertThat(silent).isNotNull();
      }
      engine.close();
    }
  }

  @Test
  void aProfileThatShowsACertificateReportsWhenItEnds() throws Exception {
    try (TlsProfiles profiles = TlsNodes.profiles()) {
      assertThat(profiles.ends()).containsOnlyKeys("known");
      assertThat(profiles.ends().get("known")).isAfter(Instant.now());
    }
  }

  // ---- files that change

  private static GrpcNode node(int port, Certificates pki, ClientAuth clients) throws IOException {
    Pair pair = pki.issue("node", "ip:127.0.0.1");
    return new GrpcNode(
        port, GrpcNode.OK, builder -> builder.sslContext(TlsNodes.grpc(pair, pki.ca(), clients)));
  }

  /** Replaces a file as one should: it is never half there. */
  private static void replace(Path file, Path with) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.copy(with, fresh, StandardCopyOption.REPLACE_EXISTING);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private TlsProfiles following(Certificates pki) throws Exception {
    Pair ours = pki.issue("ours", "dns:pushfanout");
    Path ca = dir.resolve("ca.crt");
    Path certificate = dir.resolve("tls.crt");
    Path key = dir.resolve("tls.key");
    replace(ca, pki.ca());
    replace(certificate, ours.certificate());
    replace(key, ours.key());
    return TlsProfiles.open(Map.of("live", new PemFiles(certificate, key, ca)));
  }

  @Test
  void renewedFilesHoldForTheNextDial() throws Exception {
    Certificates before = new Certificates(dir.resolve("before"));
    Certificates after = new Certificates(dir.resolve("after"));
    int port = Ports.free();
    try (TlsProfiles live = following(before);
        GrpcNode node = node(port, after, ClientAuth.REQUIRE)) {
      NettyConnector connector = STAGE.connector(live);
      EngineDouble engine =
          new EngineDouble(connector, node.address(), new TlsChoice("live", null));
      assertThat(engine.next()).contains("is not signed by a trusted CA");

      Pair ours = after.issue("ours", "dns:pushfanout");
      replace(dir.resolve("tls.crt"), ours.certificate());
      replace(dir.resolve("tls.key"), ours.key());
      replace(dir.resolve("ca.crt"), after.ca());
      String said = engine.next();
      while (said.startsWith("disconnected")) {
        said = engine.next();
      }
      assertThat(said).startsWith("connected");
      engine.close();
    }
  }

  /** A session that is resumed would look at no certificate. */
  @Test
  void refusesKnownNodeAfterItsCaIsRemoved() throws Exception {
    Certificates before = new Certificates(dir.resolve("before"));
    Certificates after = new Certificates(dir.resolve("after"));
    try (TlsProfiles live = following(before);
        GrpcNode node = node(Ports.free(), before, ClientAuth.NONE)) {
      NettyConnector connector = STAGE.connector(live);
      assertThat(said(connector, node)).startsWith("connected");

      replace(dir.resolve("ca.crt"), after.ca());
      await()
          .atMost(Duration.ofSeconds(5))
          .untilAsserted(
              () -> assertThat(said(connector, node)).contains("is not signed by a trusted CA"));
    }
  }

  private static String said(NettyConnector connector, GrpcNode node) throws Exception {
    EngineDouble engine = new EngineDouble(connector, node.address(), new TlsChoice("live", null));
    String said = engine.next();
    engine.close();
    return said;
  }
}
