package io.pushfanout.discovery;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.pkitesting.CertificateBuilder;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Registrations.Trouble;
import io.pushfanout.tools.Certificates;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Discovery and registration on an etcd with users, and over TLS. */
@ResourceLock(EtcdServer.CLIENTS)
class EtcdAccessIT {
  private static final NodeAddress NODE = new NodeAddress("127.0.0.1", 1);
  private static final Duration TTL = Duration.ofSeconds(10);

  @TempDir private Path dir;
  private final Found found = new Found();

  @Test
  void aUserReadsPermittedServicesAndGetsRefusalsForOthers() {
    try (EtcdServer etcd = EtcdServer.started()) {
      etcd.put("/services/mine/127.0.0.1:1", "");
      etcd.put("/services/theirs/127.0.0.1:2", "");
      etcd.requireUsers();
      try (EtcdDiscovery discovery = new EtcdDiscovery(as(etcd, "reader", "secret"), found)) {
        discovery.setServices(Set.of("mine", "theirs"));
        found.awaitNodes("mine", Set.of("127.0.0.1:1"));
        await().atMost(Found.LIMIT).until(() -> found.unanswered("theirs") != null);
        assertThat(found.unanswered("theirs"))
            .isEqualTo(new Trouble(true, "etcdserver: permission denied"));
        assertThat(found.all("theirs")).isEmpty();
        assertThat(discovery.answered("theirs")).isFalse();
        assertThat(discovery.problem("theirs")).hasValue("etcdserver: permission denied");

        // The tokens of etcd end with its process.
        etcd.kill();
        found.awaitLast("mine", told -> told.degraded());
        etcd.start();
        found.awaitLast("mine", told -> !told.degraded());
        assertThat(Found.names(found.last("mine"))).containsExactly("127.0.0.1:1");
      }
    }
  }

  @Test
  void aWrongPasswordOrNoneIsNoAnswerAndAReasonOfOneLine() {
    try (EtcdServer etcd = EtcdServer.started()) {
      etcd.requireUsers();
      try (EtcdDiscovery wrong = new EtcdDiscovery(as(etcd, "reader", "guess"), found);
          EtcdDiscovery none =
              new EtcdDiscovery(EtcdOptions.parse(List.of(etcd.endpoint())), found)) {
        wrong.setServices(Set.of("mine"));
        none.setServices(Set.of("mine"));
        await().atMost(Found.LIMIT).until(() -> wrong.hasFailed("mine") && none.hasFailed("mine"));
        assertThat(wrong.answered("mine") || none.answered("mine")).isFalse();
        assertThat(wrong.problem("mine"))
            .hasValue("etcdserver: authentication failed, invalid user ID or password");
        assertThat(none.problem("mine")).hasValue("etcdserver: user name is empty");
      }
    }
  }

  @Test
  void aUserThatMayWriteRegisters() {
    try (EtcdServer etcd = EtcdServer.started()) {
      etcd.requireUsers();
      registersAndIsFound(as(etcd, "root", "rootsecret"), as(etcd, "reader", "secret"));
    }
  }

  @Test
  void tlsIsCheckedAgainstTheGivenAuthority() {
    Certificates pki = new Certificates(dir);
    Certificates.Pair server = pki.issue("server", "ip:127.0.0.1");
    try (EtcdServer etcd =
        EtcdServer.started("--cert-file=" + server.certificate(), "--key-file=" + server.key())) {
      registersAndIsFound(tls(etcd, pki.ca(), null, null));

      Certificates strangers = new Certificates(dir.resolve("strangers"));
      try (EtcdDiscovery wary =
          new EtcdDiscovery(tls(etcd, strangers.ca(), null, null), new Found())) {
        wary.setServices(Set.of("mine"));
        await()
            .atMost(Found.LIMIT)
            .until(() -> wary.problem("mine").orElse("").startsWith("TLS: "));
        assertThat(wary.answered("mine")).isFalse();
      }
    }
  }

  @Test
  void renewedFilesAreReadWithTheNextConnection() throws Exception {
    Certificates pki = new Certificates(dir);
    Certificates.Pair server = pki.issue("server", "ip:127.0.0.1");
    try (EtcdServer etcd =
            EtcdServer.started(
                "--cert-file=" + server.certificate(), "--key-file=" + server.key());
        EtcdDiscovery discovery = new EtcdDiscovery(tls(etcd, pki.ca(), null, null), found)) {
      discovery.setServices(Set.of("mine"));
      found.awaitLast("mine", told -> !told.degraded());
      etcd.kill();
      found.awaitLast("mine", told -> told.degraded());

      Certificates next = new Certificates(dir.resolve("next"));
      Certificates.Pair renewed = next.issue("server", "ip:127.0.0.1");
      Files.copy(renewed.certificate(), server.certificate(), REPLACE_EXISTING);
      Files.copy(renewed.key(), server.key(), REPLACE_EXISTING);
      Files.copy(next.ca(), pki.ca(), REPLACE_EXISTING);
      etcd.start();

      found.awaitLast("mine", told -> !told.degraded());
    }
  }

  @Test
  void aNameThatIsNotTheEndpointsIsExpectedWhereItIsGiven() {
    Certificates pki = new Certificates(dir);
    Certificates.Pair server = pki.issue("server", "dns:etcd.example");
    try (EtcdServer etcd =
        EtcdServer.started("--cert-file=" + server.certificate(), "--key-file=" + server.key())) {
      registersAndIsFound(tls(etcd, pki.ca(), null, "etcd.example"));

      try (EtcdDiscovery wary = new EtcdDiscovery(tls(etcd, pki.ca(), null, null), new Found())) {
        wary.setServices(Set.of("mine"));
        await()
            .atMost(Found.LIMIT)
            .until(() -> wary.problem("mine").orElse("").matches("TLS: .*127\\.0\\.0\\.1.*"));
        assertThat(wary.answered("mine")).isFalse();
      }
    }
  }

  /** The key is in the form that cert-manager writes by default, PKCS #1. */
  @Test
  void mutualTlsShowsOurCertificate() throws Exception {
    Certificates pki = new Certificates(dir);
    Certificates.Pair server = pki.issue("server", "ip:127.0.0.1");
    Certificates.Pair client =
        pki.issue("client", "dns:client.example", CertificateBuilder::rsa2048);
    writePkcs1(client.key());
    try (EtcdServer etcd =
        EtcdServer.started(
            "--cert-file=" + server.certificate(),
            "--key-file=" + server.key(),
            "--client-cert-auth",
            "--trusted-ca-file=" + pki.ca())) {
      registersAndIsFound(tls(etcd, pki.ca(), client, null));

      try (EtcdDiscovery bare = new EtcdDiscovery(tls(etcd, pki.ca(), null, null), new Found())) {
        bare.setServices(Set.of("mine"));
        await()
            .atMost(Found.LIMIT)
            .until(() -> !bare.problem("mine").orElse("").startsWith("not asked"));
        assertThat(bare.answered("mine")).isFalse();
      }
    }
  }

  private void registersAndIsFound(EtcdOptions options) {
    registersAndIsFound(options, options);
  }

  private void registersAndIsFound(EtcdOptions writer, EtcdOptions reader) {
    try (EtcdDiscovery discovery = new EtcdDiscovery(reader, found)) {
      discovery.setServices(Set.of("mine"));
      try (EtcdRegistration registration = new EtcdRegistration(writer, "mine", NODE, TTL)) {
        registration.start();
        found.awaitNodes("mine", Set.of("127.0.0.1:1"));
      }
      found.awaitNodes("mine", Set.of());
    }
  }

  private static void writePkcs1(Path key) throws Exception {
    String pem = Files.readString(key).replaceAll("-----.*", "");
    byte[] pkcs1 =
        PrivateKeyInfo.getInstance(Base64.getMimeDecoder().decode(pem))
            .parsePrivateKey()
            .toASN1Primitive()
            .getEncoded();
    Files.writeString(
        key,
        "-----BEGIN RSA PRIVATE KEY-----\n%s\n-----END RSA PRIVATE KEY-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(pkcs1)));
  }

  private static EtcdOptions tls(
      EtcdServer etcd, Path ca, Certificates.@Nullable Pair client, @Nullable String authority) {
    return new EtcdOptions(
        List.of(URI.create(etcd.endpoint())),
        null,
        null,
        ca,
        client == null ? null : client.certificate(),
        client == null ? null : client.key(),
        authority);
  }

  private static EtcdOptions as(EtcdServer etcd, String user, String password) {
    return EtcdOptions.parse(List.of(etcd.endpoint()), user, password, null, null, null, null);
  }
}
