package io.pushfanout.operator.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.pushfanout.tools.Certificates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client of a kubeconfig, against the JDK's servers. */
class ClusterClientTest {
  /** Timeout for a machine that is busy with other tests. */
  private static final int PATIENCE_MILLIS = 60_000;

  private static final String EC_PARAMETERS =
      "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

  @TempDir private Path dir;

  @Test
  void tlsServerNameIsTheNameThatTheCertificateMustHave() throws Exception {
    Certificates pki = new Certificates(dir);
    HttpsServer server = server(pki.issue("server", "dns:api.example"));
    try {
      assertThat(ask(server, pki, "tls-server-name: api.example")).isEqualTo("ok");
      refuses(server, pki, "tls-server-name: other.example");
      refuses(server, pki, "tls-server-name: 127.0.0.1");
      refuses(server, pki, "disable-compression: true");
    } finally {
      server.stop(0);
    }
  }

  /** The forms that cert-manager, kubelet, OpenSSL and editors of other systems write. */
  @ParameterizedTest
  @ValueSource(strings = {"rsa-2048", "rsa-2048-pkcs8", "ec-p256", "ec-p256-pkcs8", "ec-p384"})
  void aKeyIsReadInEachOfItsForms(String name) throws IOException {
    String key = Files.readString(Path.of("src", "test", "resources", "tls", name + ".pem"));
    String certificate = Files.readString(new Certificates(dir).ca());
    for (String text :
        List.of(
            key,
            "\ufeff" + key,
            key.replace("\n", "  \r\n"),
            "0 of somebody\n" + certificate + EC_PARAMETERS + key,
            key + certificate)) {
      Path file =
          Files.writeString(
              dir.resolve("pair.pem"),
              text.contains("BEGIN CERTIFICATE") ? text : text + "\n" + certificate);
      Path kubeconfig =
          kubeconfig(
              "server: 'https://127.0.0.1:1'",
              "client-certificate: %s, client-key: %s".formatted(file, file));
      try (KubernetesClient client = client(kubeconfig)) {
        assertThat(client.getConfiguration().getClientKeyAlgo())
            .isEqualTo(name.startsWith("ec") ? "EC" : "RSA");
      }
    }
  }

  private void refuses(HttpsServer server, Certificates pki, String field) {
    assertThatThrownBy(() -> ask(server, pki, field))
        .isInstanceOf(KubernetesClientException.class)
        .satisfies(
            thrown ->
                assertThat(Throwables.getRootCause(thrown))
                    .isInstanceOf(GeneralSecurityException.class));
  }

  private String ask(HttpsServer server, Certificates pki, String field) throws IOException {
    Path kubeconfig =
        kubeconfig(
            "server: 'https://127.0.0.1:%d', certificate-authority: %s, %s"
                .formatted(server.getAddress().getPort(), pki.ca(), field));
    try (KubernetesClient client = client(kubeconfig)) {
      return client.raw("/readyz");
    }
  }

  private static HttpsServer server(Certificates.Pair pair) throws Exception {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(
            SSLUtils.sslContext(
                SSLUtils.keyManagers(
                    Pem.certificates(pair.certificate(), "certificate"),
                    null,
                    Pem.encoded(Pem.key(Files.readAllBytes(pair.key()), "key")),
                    null,
                    "EC",
                    "none",
                    null,
                    null),
                null)));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write("ok".getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    server.start();
    return server;
  }

  /** The server stops in the middle of its response, like a machine that vanishes. */
  @Test
  void anAnswerThatDoesNotEndIsNotWaitedFor() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(' ');
          exchange.getResponseBody().flush();
          Uninterruptibles.awaitUninterruptibly(over);
        });
    server.start();
    Path kubeconfig = kubeconfig("server: 'http://127.0.0.1:%d'".formatted(port(server)));
    try (KubernetesClient client =
        cluster(kubeconfig).client(new KubernetesSerialization(), Duration.ofMillis(50))) {
      assertThatThrownBy(() -> client.raw("/readyz"))
          .isInstanceOf(KubernetesClientException.class)
          .rootCause()
          .as("the text that the reason is made of")
          .hasMessage("subscription cancelled");
      CompletableFuture<?> watch = CompletableFuture.runAsync(() -> client.raw("/pods?watch=true"));
      assertThatThrownBy(() -> watch.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
    } finally {
      over.countDown();
      server.stop(0);
    }
  }

  /** HTTP/2 requests without an answer share their dead connection with all later requests. */
  @Test
  void requestsDoNotShareAConnection() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<String> hello = new CompletableFuture<>();
      Thread.ofPlatform().start(() -> takeHello(server, hello));
      Path kubeconfig =
          kubeconfig("server: 'https://127.0.0.1:%d'".formatted(server.getLocalPort()));

      try (KubernetesClient client = client(kubeconfig)) {
        assertThatThrownBy(() -> client.raw("/readyz"))
            .isInstanceOf(KubernetesClientException.class);
      }
      assertThat(hello.join()).doesNotContain("\u0002h2\u0008http/1.1");
    }
  }

  private static void takeHello(ServerSocket server, CompletableFuture<String> hello) {
    try (Socket socket = server.accept()) {
      // The client connects once more: a listener that accepts no one would let it wait.
      server.close();
      byte[] bytes = new byte[4096];
      int read = socket.getInputStream().read(bytes);
      hello.complete(new String(bytes, 0, read, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      hello.completeExceptionally(e);
    }
  }

  private static int port(HttpServer server) {
    return server.getAddress().getPort();
  }

  @Test
  void aProxyGetsAConnectRequestForTheServer() throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<List<String>> asked = new CompletableFuture<>();
      Thread.ofPlatform().start(() -> refuseOne(proxy, asked));
      Path kubeconfig =
          kubeconfig(
              "server: 'https://api.example:6443', proxy-url: 'http://127.0.0.1:%d'"
                  .formatted(proxy.getLocalPort()));

      try (KubernetesClient client = client(kubeconfig)) {
        assertThatThrownBy(() -> client.raw("/readyz"))
            .isInstanceOf(KubernetesClientException.class);
      }
      assertThat(asked.join()).contains("CONNECT api.example:6443 HTTP/1.1");
    }
  }

  private static void refuseOne(ServerSocket proxy, CompletableFuture<List<String>> asked) {
    try (Socket socket = proxy.accept()) {
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      asked.complete(reader.lines().takeWhile(line -> !line.isEmpty()).toList());
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      asked.completeExceptionally(e);
      throw new UncheckedIOException(e);
    }
  }

  private static KubernetesClient client(Path kubeconfig) {
    return cluster(kubeconfig).client(new KubernetesSerialization());
  }

  private static Cluster cluster(Path kubeconfig) {
    Cluster cluster = ClusterAccess.of(Map.of("KUBECONFIG", kubeconfig.toString())).open();
    cluster.config().setRequestRetryBackoffLimit(0);
    cluster.config().setConnectionTimeout(PATIENCE_MILLIS);
    cluster.config().setRequestTimeout(PATIENCE_MILLIS);
    return cluster;
  }

  private Path kubeconfig(String cluster) throws IOException {
    return kubeconfig(cluster, "token: t");
  }

  private Path kubeconfig(String cluster, String user) throws IOException {
    return Files.writeString(
        Files.createTempFile(dir, "config", ".yaml"),
        """
        current-context: x
        contexts: [{name: x, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {%s}}]
        users: [{name: u, user: {%s}}]
        """
            .formatted(cluster, user));
  }
}
