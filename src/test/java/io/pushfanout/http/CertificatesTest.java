package io.pushfanout.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.auth.CertificateAuthorizer;
import io.pushfanout.auth.CertificateAuthorizer.CertificateStanding;
import io.pushfanout.auth.CertificateAuthorizer.SanGrant;
import io.pushfanout.management.HttpTls;
import io.pushfanout.server.RunningServer;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tls.ReloadingTlsContext;
import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.Certificates.Pair;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Callers with certificates at the HTTP port, over real TLS. */
@Timeout(60)
class CertificatesTest {
  private static final CertificateStanding GOOD =
      new CertificateStanding() {
        @Override
        public boolean isOwn(X509Certificate shown) {
          return false;
        }

        @Override
        public boolean isRevoked(X509Certificate shown) {
          return false;
        }
      };

  @TempDir Path dir;
  private Certificates authority;
  private Path clientCa;
  private ReloadingTlsContext tls;
  private JsonDoor door;

  @BeforeEach
  void start() throws Exception {
    authority = new Certificates(dir.resolve("ours"));
    clientCa = Files.copy(authority.ca(), dir.resolve("client-ca.pem"));
    Pair own = authority.issue("server", "dns:localhost,ip:127.0.0.1");
    tls = ReloadingTlsContext.open(new PemFiles(own.certificate(), own.key(), clientCa));
    door =
        new JsonDoor(
            new RunningServer(
                new CertificateAuthorizer(
                    List.of(SanGrant.parse("web.example=a/b")), GOOD, InstantSource.system())),
            false,
            new HttpTls(tls, true),
            List.of());
  }

  @AfterEach
  void stop() throws Exception {
    door.close();
    tls.close();
  }

  private SSLContext client(@Nullable Pair shown) throws Exception {
    PemFiles files =
        new PemFiles(
            shown == null ? null : shown.certificate(),
            shown == null ? null : shown.key(),
            authority.ca());
    try (ReloadingTlsContext context = ReloadingTlsContext.open(files)) {
      return context.clientContext();
    }
  }

  /** Sends a broadcast on a connection of its own. */
  private int post(SSLContext tls) throws Exception {
    return send(
        tls,
        HttpRequest.newBuilder(uri(BroadcastPage.PATH))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"target\":\"a/b\"}")));
  }

  private URI uri(String path) {
    return URI.create("https://127.0.0.1:" + door.port() + path);
  }

  private static int send(SSLContext tls, HttpRequest.Builder request) throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
      return client
          .send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString())
          .statusCode();
    }
  }

  @Test
  void broadcastNeedsACertificateAndOtherPagesNone() throws Exception {
    SSLContext without = client(null);
    assertThat(send(without, HttpRequest.newBuilder(uri("/livez")))).isEqualTo(200);
    assertThat(post(without)).isEqualTo(401);
    assertThat(post(client(authority.issue("web", "dns:web.example")))).isEqualTo(200);
    assertThat(post(client(authority.issue("other", "dns:other.example")))).isEqualTo(403);
  }

  @Test
  void resumedSessionDoesNotOutliveTheRemovalOfItsAuthority() throws Exception {
    SSLContext web = client(authority.issue("web", "dns:web.example"));
    assertThat(post(web)).isEqualTo(200);
    Files.copy(
        new Certificates(dir.resolve("strange")).ca(),
        clientCa,
        StandardCopyOption.REPLACE_EXISTING);
    await()
        .atMost(Duration.ofSeconds(10))
        // A caller that resumes more often than sessions expire.
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              try {
                return post(web) == 401;
              } catch (SSLException _) {
                return true;
              }
            });
  }
}
