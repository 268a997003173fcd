package io.pushfanout.it;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.client.ServerUrl;
import io.pushfanout.client.StatusClient;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tls.ReloadingTlsContext;
import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.Certificates.Pair;
import io.pushfanout.tools.MountedFolder;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and authorities that change while callers call, and reconnect all the time. */
class TlsRenewalIT {
  private static final String NAMES = "ip:127.0.0.1";
  private static final Duration IN_FORCE_WITHIN = Duration.ofSeconds(20);

  @TempDir Path dir;

  private final StringBuilder figures = new StringBuilder();
  private Certificates pki;
  private Pair client;
  private MountedFolder mounted;
  private Path certificate;
  private Path key;
  private Path serverCa;
  private Path clientCa;
  private NodeProcess node;
  private ServeProcess serve;
  private ReloadingTlsContext ours;

  @BeforeEach
  void start() throws Exception {
    pki = new Certificates(dir.resolve("pki"));
    client = pki.issue("client", "dns:client.example");
    serverCa = Files.copy(pki.ca(), dir.resolve("server-ca.pem"));
    clientCa = Files.copy(pki.ca(), dir.resolve("client-ca.pem"));
    mounted = new MountedFolder(dir);
    certificate = mounted.file("tls.crt");
    key = mounted.file("tls.key");
    mount(pki.issue("server", NAMES));
    node = NodeProcess.start();
    serve =
        ServeProcess.bound(
            "--node=" + node.address(),
            "--tls-cert=" + certificate,
            "--tls-key=" + key,
            "--tls-client-ca=" + clientCa,
            "--http-tls");
    ours = ReloadingTlsContext.open(new PemFiles(client.certificate(), client.key(), serverCa));
  }

  @AfterEach
  void stop() {
    ours.close();
    serve.close();
    node.close();
  }

  @Test
  void notOneCallFailsWhileCertificatesAndAuthoritiesAreExchanged() throws Exception {
    CompletableFuture<Duration> cut = stalled();
    try (TlsCalls calls = TlsCalls.start(serve.grpc(), ours)) {
      exchange(calls);

      calls.stop();
      assertThat(calls.failures()).isEmpty();
      assertThat(calls.answered()).isGreaterThan(500);
      assertThat(calls.connections()).isGreaterThan(50);
      assertThat(calls.steadyConnections()).as("of the callers that never left").isEqualTo(1);
      System.out.printf(
          "TlsRenewalIT: %d calls over %d connections, 0 failed; in force after%s%n",
          calls.answered(), calls.connections(), figures);
    }
    Duration held = cut.join();
    System.out.printf(
        "TlsRenewalIT: no handshake was waited for longer than %d ms%n", held.toMillis());
    assertThat(held).isLessThan(Duration.ofSeconds(20));
    assertThat(serve.stderr()).doesNotContain("\tat ").doesNotContain("PRIVATE KEY");
  }

  private void exchange(TlsCalls calls) throws Exception {
    // A new key, one file after the other.
    Pair renewed = pki.issue("server", NAMES);
    Files.copy(renewed.certificate(), certificate.toRealPath(), REPLACE_EXISTING);
    Files.copy(renewed.key(), key.toRealPath(), REPLACE_EXISTING);
    awaitInForce("a new pair", calls);

    KeyPair kept = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    mount(pki.issue("server", NAMES, builder -> builder.rsa2048().keyPair(kept)));
    awaitInForce("a mounted folder", calls);

    Pair sameKey = pki.issue("server", NAMES, builder -> builder.rsa2048().keyPair(kept));
    Files.copy(sameKey.certificate(), certificate.toRealPath(), REPLACE_EXISTING);
    awaitInForce("the same key", calls);

    // Half a pair: nothing changes, and the log reports the mismatch.
    Pair other = pki.issue("server", NAMES);
    BigInteger before = shown(serve.grpc());
    Files.copy(other.certificate(), certificate.toRealPath(), REPLACE_EXISTING);
    String said = key + ": is not the key of the first certificate in " + certificate;
    await().atMost(IN_FORCE_WITHIN).until(() -> serve.stderr().contains(said));
    assertThat(shown(serve.grpc())).isEqualTo(before);
    assertThat(serve.stderr().lines().filter(line -> line.contains(said))).hasSize(1);
    assertThat(status()).contains("\"TlsNotReloaded\"", said).doesNotContain("PRIVATE KEY");
    Files.copy(other.key(), key.toRealPath(), REPLACE_EXISTING);
    awaitInForce("the other half", calls);
    assertThat(status()).doesNotContain("TlsNotReloaded");

    exchangeTheAuthority(calls);
  }

  /**
   * Extends the trust on both sides first, then replaces the certificates, and then reduces the
   * trust.
   */
  private void exchangeTheAuthority(TlsCalls calls) throws Exception {
    Certificates next = new Certificates(dir.resolve("next"));
    String both = Files.readString(pki.ca()) + Files.readString(next.ca());
    Files.writeString(serverCa, both);
    Files.writeString(clientCa, both);
    awaitSaid(clientCa + ": renewed, 2 authorities");
    await().atMost(IN_FORCE_WITHIN).until(() -> ours.trust().getAcceptedIssuers().length == 2);
    calls.awaitMore();

    Pair old = new Pair(copy(client.certificate(), "old.pem"), copy(client.key(), "old-key.pem"));
    Pair nextClient = next.issue("client", "dns:client.example");
    Files.copy(nextClient.certificate(), client.certificate(), REPLACE_EXISTING);
    Files.copy(nextClient.key(), client.key(), REPLACE_EXISTING);
    mount(next.issue("server", NAMES));
    awaitInForce("another authority's", calls);
    await().atMost(IN_FORCE_WITHIN).until(() -> ourSerial().equals(serial(client.certificate())));

    Files.copy(next.ca(), serverCa, REPLACE_EXISTING);
    Files.copy(next.ca(), clientCa, REPLACE_EXISTING);
    awaitSaid(clientCa + ": renewed, one authority");
    calls.awaitMore();
    try (ReloadingTlsContext stale =
        ReloadingTlsContext.open(new PemFiles(old.certificate(), old.key(), next.ca()))) {
      assertThat(TlsCalls.failure(serve.grpc(), stale)).contains("it refuses our certificate");
    }
  }

  private void mount(Pair pair) throws IOException {
    mounted.hold(
        Map.of(
            "tls.crt",
            Files.readString(pair.certificate()),
            "tls.key",
            Files.readString(pair.key())));
  }

  /** Waits until both ports show the new certificate, and until further calls are answered. */
  private void awaitInForce(String what, TlsCalls calls) throws Exception {
    long start = System.nanoTime();
    BigInteger wanted = serial(certificate);
    for (String port : new String[] {serve.grpc(), serve.http()}) {
      await()
          .alias(what + " at " + port)
          .atMost(IN_FORCE_WITHIN)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> shown(port).equals(wanted));
    }
    figures.append(" %d ms (%s)".formatted((System.nanoTime() - start) / 1_000_000, what));
    calls.awaitMore();
  }

  private String status() throws Exception {
    try (StatusClient client =
        new StatusClient(
            ServerUrl.parse("https://" + serve.http()), ours, Duration.ofSeconds(20))) {
      return client.fetch().json();
    }
  }

  private void awaitSaid(String text) {
    await().atMost(IN_FORCE_WITHIN).until(() -> serve.stderr().contains(text));
  }

  private BigInteger shown(String port) throws Exception {
    try (ReloadingTlsContext tls =
            ReloadingTlsContext.open(new PemFiles(client.certificate(), client.key(), serverCa));
        SSLSocket socket =
            (SSLSocket)
                tls.clientContext().getSocketFactory().createSocket("127.0.0.1", port(port))) {
      socket.startHandshake();
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSerialNumber();
    }
  }

  private BigInteger ourSerial() {
    X509ExtendedKeyManager keys = Objects.requireNonNull(ours.keys());
    String alias = keys.chooseEngineClientAlias(new String[] {"EC"}, null, null);
    return keys.getCertificateChain(alias)[0].getSerialNumber();
  }

  private static BigInteger serial(Path certificate) throws Exception {
    try (InputStream in = Files.newInputStream(certificate)) {
      return ((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in))
          .getSerialNumber();
    }
  }

  /**
   * Returns the time for which the server holds two connections, one silent and one with half a
   * handshake.
   */
  private CompletableFuture<Duration> stalled() {
    byte[] half = {0x16, 3, 1, 2, 0, 1, 0, 1};
    return held(new byte[0])
        .thenCombine(held(half), (one, other) -> one.compareTo(other) > 0 ? one : other);
  }

  private CompletableFuture<Duration> held(byte[] said) {
    CompletableFuture<Duration> held = new CompletableFuture<>();
    Threads.start(
        "held",
        () -> {
          long start = System.nanoTime();
          try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(serve.grpc()))) {
            socket.getOutputStream().write(said);
            socket.setSoTimeout(60_000);
            int end = socket.getInputStream().read();
            assertThat(end).isEqualTo(-1);
            held.complete(Duration.ofNanos(System.nanoTime() - start));
          } catch (IOException | AssertionError e) {
            held.completeExceptionally(e);
          }
        });
    return held;
  }

  private Path copy(Path file, String name) throws IOException {
    return Files.copy(file, dir.resolve(name));
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }
}
