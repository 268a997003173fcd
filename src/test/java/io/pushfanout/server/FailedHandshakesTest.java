package io.pushfanout.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.InsecureChannelCredentials;
import io.pushfanout.model.HandshakeProblem;
import io.pushfanout.tls.GrpcTlsCredentials;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tls.ReloadingTlsContext;
import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.Certificates.Pair;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers that fail the handshake with the server, over real TLS. */
@Timeout(60)
class FailedHandshakesTest {
  @TempDir static Path dir;
  private static Certificates authority;
  private static Certificates stranger;
  private static ReloadingTlsContext tls;
  private static RunningServer running;
  private Map<HandshakeProblem, Long> before;

  @BeforeAll
  static void start() throws Exception {
    authority = new Certificates(dir.resolve("ours"));
    stranger = new Certificates(dir.resolve("strange"));
    Pair own = authority.issue("server", "ip:127.0.0.1");
    tls = ReloadingTlsContext.open(new PemFiles(own.certificate(), own.key(), authority.ca()));
    running =
        new RunningServer(
            null, GrpcTlsCredentials.serverContext(tls), InsecureChannelCredentials.create());
  }

  @AfterAll
  static void stop() {
    running.close();
    tls.close();
  }

  @BeforeEach
  void remember() {
    before = running.server.failedHandshakes();
  }

  @Test
  void aCallerWithoutACertificateIsCounted() throws Exception {
    for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
      assertRefused(trusting(null, authority), version, "h2");
    }
    assertCounted(HandshakeProblem.NO_CERTIFICATE, 2);
  }

  @Test
  void aCallerWithAnUntrustedOrExpiredCertificateIsCounted() throws Exception {
    Pair strange = stranger.issue("web", "dns:web.example");
    Pair old = authority.issueExpired("old", "dns:web.example");
    assertRefused(trusting(strange, authority), "TLSv1.3", "h2");
    assertRefused(trusting(old, authority), "TLSv1.3", "h2");
    assertCounted(HandshakeProblem.BAD_CERTIFICATE, 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aCallerThatDoesNotTrustTheServerIsCounted(String version) throws Exception {
    assertRefused(trusting(ours(), stranger), version, "h2");
    assertCounted(HandshakeProblem.REFUSED, 1);
  }

  @Test
  void aCallerWithoutHttp2IsCounted() throws Exception {
    assertRefused(trusting(ours(), authority), "TLSv1.3", "http/1.1");
    assertRefused(trusting(ours(), authority), "TLSv1.2", null);
    assertCounted(HandshakeProblem.NOTHING_IN_COMMON, 2);
  }

  /** The client hello of TLS 1.1 with one cipher is handmade: the JDK no longer sends one. */
  @Test
  void aCallerWithAnOldTlsVersionIsCounted() throws Exception {
    byte[] hello = new byte[5 + 4 + 41];
    byte[] head = {22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 2};
    System.arraycopy(head, 0, hello, 0, head.length);
    // The 32 random bytes are followed by no session, one cipher and one compression method.
    byte[] rest = {0, 0, 2, 0, 0x2f, 1, 0};
    System.arraycopy(rest, 0, hello, hello.length - rest.length, rest.length);
    send(hello);
    assertCounted(HandshakeProblem.NOTHING_IN_COMMON, 1);
  }

  @Test
  void aCallerWithoutTlsIsCounted() throws Exception {
    send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    assertCounted(HandshakeProblem.NOT_TLS, 1);
  }

  @Test
  void anAbortedHandshakeIsCountedAndASilentConnectionIsNot() throws Exception {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(new byte[] {22, 3, 1});
      await().until(() -> running.server.connections() > 0);
    }
    connect().close();
    assertCounted(HandshakeProblem.GAVE_UP, 1);
    await().until(() -> running.server.connections() == 0);
    assertCounted(HandshakeProblem.GAVE_UP, 1);
  }

  @Test
  void aSuccessfulHandshakeIsNotCounted() throws Exception {
    for (String version : new String[] {"TLSv1.3", "TLSv1.2"}) {
      assertThat(isAccepted(trusting(ours(), authority), version, "h2")).isTrue();
    }
    await().until(() -> running.server.connections() == 0);
    assertThat(running.server.failedHandshakes()).isEqualTo(before);
  }

  /**
   * Asserts the number of failures of this kind since the test began, and no failure of another
   * kind.
   */
  private void assertCounted(HandshakeProblem problem, long times) {
    Map<HandshakeProblem, Long> expected = new EnumMap<>(before);
    expected.merge(problem, times, Long::sum);
    await().untilAsserted(() -> assertThat(running.server.failedHandshakes()).isEqualTo(expected));
  }

  private static Pair ours() throws Exception {
    return authority.issue("web", "dns:web.example");
  }

  private static SSLContext trusting(@Nullable Pair shown, Certificates trusted) throws Exception {
    PemFiles files =
        shown == null
            ? new PemFiles(null, null, trusted.ca())
            : new PemFiles(shown.certificate(), shown.key(), trusted.ca());
    try (ReloadingTlsContext live = ReloadingTlsContext.open(files)) {
      return live.clientContext();
    }
  }

  private static void assertRefused(SSLContext context, String version, @Nullable String protocol)
      throws IOException {
    assertThat(isAccepted(context, version, protocol)).isFalse();
  }

  /** Returns whether the server replies after this handshake, and does not close instead. */
  private static boolean isAccepted(SSLContext context, String version, @Nullable String protocol)
      throws IOException {
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", running.server.port())) {
      socket.setSoTimeout(20_000);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(new String[] {version});
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      if (protocol != null) {
        parameters.setApplicationProtocols(new String[] {protocol});
      }
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      // With TLS 1.3 the server decides after the client's handshake. Its SETTINGS come first.
      return socket.getInputStream().read() >= 0;
    } catch (SSLException | SocketException _) {
      // One of the two sides has refused the connection.
      return false;
    }
  }

  private static void send(byte[] bytes) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(bytes);
      while (socket.getInputStream().read() >= 0) {
        // The loop ends when the server closes the connection.
      }
    } catch (SocketException _) {
      // The server closed the connection before it received all bytes.
    }
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), running.server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }
}
