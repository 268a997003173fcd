package io.pushfanout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.app.Server;
import io.pushfanout.app.Service.Listening;
import io.pushfanout.node.NodeOptions;
import io.pushfanout.node.ReferenceNode;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tls.ReloadingTlsContext;
import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.Certificates.Pair;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The errors that a user reads when TLS settings of client and server do not match. */
class TlsRefusalsTest {
  @TempDir static Path dir;

  private static Server plain;
  private static Server tls;
  private static Server expired;
  private static Server mutual;
  private static Server known;
  private static Map<String, Listening> where;

  @BeforeAll
  static void start() throws Exception {
    Certificates pki = new Certificates(dir);
    Certificates strangers = new Certificates(dir.resolve("strangers"));
    pki.issue("client", "dns:client.example");
    pki.issueExpired("old-client", "dns:client.example");
    strangers.issue("client", "dns:client.example");
    plain = server();
    tls = server(pki.issue("server", "ip:127.0.0.1,dns:push.example"), "--http-tls");
    expired = server(pki.issueExpired("old", "ip:127.0.0.1"));
    Pair revoked = pki.issue("revoked", "dns:client.example");
    Path lists = dir.resolve("crl.pem");
    Files.writeString(lists, pki.revoked(Certificates.read(revoked.certificate())[0]));
    String profile = "--tls-profile=internal=" + profile(pki.issue("ours", "dns:push.example"));
    mutual =
        server(
            pki.issue("mutual", "ip:127.0.0.1"),
            "--tls-client-ca=" + pki.ca(),
            "--tls-client-crl=" + lists,
            profile);
    known =
        server(
            pki.issue("known", "ip:127.0.0.1,dns:known.example"),
            "--tls-client-ca=" + pki.ca(),
            "--auth=mtls",
            profile);
    where =
        Map.of(
            "plain",
            plain.start(),
            "tls",
            tls.start(),
            "expired",
            expired.start(),
            "mutual",
            mutual.start(),
            "known",
            known.start());
  }

  private static Path profile(Pair pair) throws IOException {
    Path profile = Files.createDirectory(dir.resolve("profile"));
    Files.copy(pair.certificate(), profile.resolve("tls.crt"));
    Files.copy(pair.key(), profile.resolve("tls.key"));
    return profile;
  }

  @AfterAll
  static void stop() {
    for (Server server : List.of(plain, tls, expired, mutual, known)) {
      server.stop();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tls    | --tls-ca=DIR/ca.pem
          tls    | --tls-ca=DIR/ca.pem --tls-server-name=push.example
          tls    | --tls-ca=DIR/ca.pem --tls-cert=DIR/client.pem --tls-key=DIR/client-key.pem
          mutual | --tls-ca=DIR/ca.pem --tls-cert=DIR/client.pem --tls-key=DIR/client-key.pem
          known  | --tls-ca=DIR/ca.pem --tls-cert=DIR/client.pem --tls-key=DIR/client-key.pem
          known  | --tls-ca=DIR/ca.pem --tls-cert=DIR/mutual.pem --tls-key=DIR/mutual-key.pem
          """)
  void matchingSidesGetAnAnswer(String server, String flags) {
    CommandRun run = broadcast(grpc(server), flags);

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo("OK: 1 of 1 node took the message.\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tls     | --op=0                                | AT closed the connection without an answer; does it speak TLS (--tls)?
          mutual  | --op=0                                | AT closed the connection without an answer; does it speak TLS (--tls)?
          plain   | --tls                                 | cannot reach AT: it does not speak TLS
          tls     | --tls                                 | cannot reach AT: its certificate is not signed by a trusted CA
          tls     | --tls-ca=DIR/strangers/ca.pem         | cannot reach AT: its certificate is not signed by a trusted CA
          tls     | --tls-ca=DIR/ca.pem --tls-server-name=a.example | cannot reach AT: its certificate is for others: No subject alternative DNS name matching a.example found.
          expired | --tls-ca=DIR/ca.pem                   | cannot reach AT: its certificate has expired
          mutual  | --tls-ca=DIR/ca.pem                   | cannot reach AT: it wants a certificate of ours
          mutual  | --tls-ca=DIR/ca.pem --tls-cert=DIR/strangers/client.pem --tls-key=DIR/strangers/client-key.pem | cannot reach AT: it refuses our certificate, or misses one (certificate_unknown)
          mutual  | --tls-ca=DIR/ca.pem --tls-cert=DIR/old-client.pem --tls-key=DIR/old-client-key.pem | cannot reach AT: it refuses our certificate, or misses one (certificate_unknown)
          mutual  | --tls-ca=DIR/ca.pem --tls-cert=DIR/revoked.pem --tls-key=DIR/revoked-key.pem | cannot reach AT: it refuses our certificate, or misses one (certificate_unknown)
          known   | --tls-ca=DIR/ca.pem --tls-cert=DIR/known.pem --tls-key=DIR/known-key.pem | PERMISSION_DENIED: mtls:known.example shows a certificate of this server's own key, which no caller may have
          known   | --tls-ca=DIR/ca.pem --tls-cert=DIR/ours.pem --tls-key=DIR/ours-key.pem | PERMISSION_DENIED: mtls:push.example shows a certificate of this server's own key, which no caller may have
          """)
  void aMismatchIsRefusedInOneLine(String server, String flags, String problem) {
    CommandRun run = broadcast(grpc(server), flags);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("pushfanout broadcast: " + problem.replace("AT", grpc(server)) + "\n");
  }

  @Test
  void metricsReportCertificateExpiryAndHandshakeFailures() throws Exception {
    broadcast(grpc("mutual"), "--tls-ca=DIR/ca.pem");

    String metrics;
    URI url = URI.create("http://" + at("mutual").http() + "/metrics");
    try (InputStream in = url.toURL().openStream()) {
      metrics = new String(in.readAllBytes(), UTF_8);
    }
    String expiry = "pushfanout_tls_certificate_expiry_timestamp_seconds";
    assertThat(metrics)
        .contains(expiry + "{profile=\"\",use=\"server\"} ")
        .contains(expiry + "{profile=\"internal\",use=\"profile\"} ")
        .containsPattern("tls_handshake_failures_total\\{reason=\"no_certificate\"} [1-9]");
  }

  @Test
  void aConnectNodeUsesTlsToo() throws Exception {
    PemFiles files =
        new PemFiles(
            dir.resolve("mutual.pem"), dir.resolve("mutual-key.pem"), dir.resolve("ca.pem"));
    try (ReloadingTlsContext live = ReloadingTlsContext.open(files);
        ReferenceNode node = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0), live)) {
      node.start();
      String to = "127.0.0.1:" + node.grpcPort();

      assertThat(broadcast(to, "--tls-ca=DIR/ca.pem").err()).contains("it wants a certificate");
      String own = " --tls-cert=DIR/client.pem --tls-key=DIR/client-key.pem";
      assertThat(broadcast(to, "--tls-ca=DIR/ca.pem" + own).out()).startsWith("OK: ");
    }
  }

  @Test
  void theHttpPortIsNamedAsTheOtherOne() {
    String http = at("tls").http().toString();

    assertThat(broadcast(http, "--tls-ca=DIR/ca.pem").err())
        .isEqualTo(
            "pushfanout broadcast: " + http + " does not speak gRPC; is this the other port?\n");
  }

  @Test
  void theStatusIsReadByHttps() {
    CommandRun run = status("https://" + at("tls").http(), "--tls-ca=DIR/ca.pem");

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("default/default");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tls   | http  | --output=json                 | AT closed the connection without an answer; does it speak TLS (https)?
          plain | https | --output=json                 | cannot reach AT: it does not speak TLS
          tls   | https | --output=json                 | cannot reach AT: its certificate is not signed by a trusted CA
          tls   | https | --tls-ca=DIR/strangers/ca.pem | cannot reach AT: its certificate is not signed by a trusted CA
          """)
  void theStatusIsRefusedInOneLine(String server, String scheme, String flags, String problem) {
    String url = scheme + "://" + at(server).http();

    CommandRun run = status(url, flags);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("pushfanout status: " + problem.replace("AT", url) + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          broadcast --tls-cert=c x      | broadcast: --tls-cert: needs --tls-key with it
          broadcast --tls-key=k x       | broadcast: --tls-key: needs --tls-cert with it
          broadcast --tls-ca=no/ca.pem x | broadcast: --tls-ca: no/ca.pem: no such file or directory
          broadcast --tls-server-name=a_b:1 x | broadcast: --tls-server-name: not an IPv6 address: "a_b:1"
          status --tls-ca=ca.pem        | status: --tls-ca: needs an https:// URL in --server
          status --server=https://a:1 --tls-ca=no/ca.pem | status: --tls-ca: no/ca.pem: no such file or directory
          bench --tls-ca=no/ca.pem      | bench: --tls-ca: no/ca.pem: no such file or directory
          """)
  void aWrongFlagIsNamed(String arguments, String problem) {
    CommandRun run = CommandRun.of(arguments.split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("pushfanout " + problem + "\n");
  }

  private static Listening at(String server) {
    return Objects.requireNonNull(where.get(server));
  }

  private static String grpc(String server) {
    return at(server).grpc().toString();
  }

  private static CommandRun broadcast(String to, String flags) {
    return run("broadcast --to=" + to + " " + flags + " hello");
  }

  private static CommandRun status(String url, String flags) {
    return run("status --server=" + url + " " + flags);
  }

  private static CommandRun run(String arguments) {
    return CommandRun.of(arguments.replace("DIR", dir.toString()).split(" "));
  }

  private static Server server(Pair pair, String... flags) {
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("--tls-cert=" + pair.certificate());
    all.add("--tls-key=" + pair.key());
    return server(all.toArray(String[]::new));
  }

  private static Server server(String... flags) {
    List<String> all = new ArrayList<>(Arrays.asList(flags));
    all.addAll(0, List.of("serve", "--grpc-port=0", "--http-port=0", "--node=127.0.0.1:1"));
    String[] arguments = all.toArray(String[]::new);
    return new Server(CommandRun.read(ServeCommand.class, Map.of(), arguments).options());
  }
}
