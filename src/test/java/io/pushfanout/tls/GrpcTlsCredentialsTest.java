package io.pushfanout.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.Certificates.Pair;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcTlsCredentialsTest {
  @TempDir Path dir;

  private SSLContext client;
  private Server server;

  @BeforeEach
  void start() throws Exception {
    Certificates pki = new Certificates(dir);
    Pair pair = pki.issue("server", "ip:127.0.0.1");
    ReloadingTlsContext tls =
        new ReloadingTlsContext(new PemFiles(pair.certificate(), pair.key(), pki.ca()));
    Pair own = pki.issue("client", "dns:client.example");
    client =
        new ReloadingTlsContext(new PemFiles(own.certificate(), own.key(), pki.ca()))
            .clientContext();
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                GrpcTlsCredentials.server(tls))
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void newVersionsAreAccepted(String version) throws Exception {
    assertThat(connect(version).getProtocol()).isEqualTo(version);
  }

  @Test
  void oldVersionsAreRefused() throws Exception {
    for (int minor : new int[] {1, 2}) {
      assertThat(alertTo(clientHello(minor))).as("TLS 1.%d", minor - 1).isEqualTo(70);
    }
  }

  private SSLSession connect(String version) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", server.getPort())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(new String[] {version});
      parameters.setApplicationProtocols(new String[] {"h2"});
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(20_000);
      socket.startHandshake();
      // With TLS 1.3, the server's verdict on our certificate and its ticket come after the
      // handshake.
      assertThat(socket.getInputStream().readNBytes(9)).isNotEmpty();
      return socket.getSession();
    }
  }

  /** Returns the smallest first message of a client in TLS 1.0 or 1.1 (RFC 4346, 7.4.1.2). */
  private static byte[] clientHello(int minor) {
    byte[] hello = new byte[5 + 4 + 2 + 32 + 1 + 4 + 2];
    ByteBuffer.wrap(hello)
        .put(new byte[] {0x16, 3, 1, 0, (byte) (hello.length - 5)})
        .put(new byte[] {1, 0, 0, (byte) (hello.length - 9)})
        .put(new byte[] {3, (byte) minor})
        .put(new byte[32])
        .put((byte) 0)
        // TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, no compression
        .put(new byte[] {0, 2, (byte) 0xc0, 9, 1, 0});
    return hello;
  }

  /** Sends a message and returns the description of the alert that the server replies with. */
  private int alertTo(byte[] sent) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(sent);
      byte[] answer = socket.getInputStream().readNBytes(7);
      assertThat(answer).hasSize(7).startsWith(0x15);
      return answer[6];
    }
  }
}
