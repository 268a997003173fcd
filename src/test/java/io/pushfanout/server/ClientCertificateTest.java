package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.stub.MetadataUtils;
import io.grpc.util.CertificateUtils;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.pushfanout.auth.CertificateAuthorizer;
import io.pushfanout.auth.CertificateAuthorizer.CertificateStanding;
import io.pushfanout.auth.CertificateAuthorizer.SanGrant;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tls.ReloadingTlsContext;
import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.Certificates.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers with certificates, over real TLS. */
@Timeout(60)
class ClientCertificateTest {
  private static final Map<String, Pair> ISSUED = new HashMap<>();

  @TempDir static Path dir;
  private static Certificates authority;
  private static Certificates stranger;
  private static ReloadingTlsContext tls;
  private static RunningServer running;

  @BeforeAll
  static void start() throws IOException {
    authority = new Certificates(dir.resolve("ours"));
    stranger = new Certificates(dir.resolve("strange"));
    Pair own = authority.issue("server", "dns:all.example,ip:127.0.0.1");
    tls = ReloadingTlsContext.open(new PemFiles(own.certificate(), own.key(), authority.ca()));
    SslContext credentials =
        GrpcSslContexts.configure(
                SslContextBuilder.forServer(own.certificate().toFile(), own.key().toFile()),
                SslProvider.JDK)
            .trustManager(authority.ca().toFile())
            // A test below covers a port without client certificates.
            .clientAuth(ClientAuth.OPTIONAL)
            .build();
    running =
        new RunningServer(
            new CertificateAuthorizer(
                List.of(
                    SanGrant.parse("spiffe://td/ns/*/sa/web=acme/*"),
                    SanGrant.parse("all.example"),
                    SanGrant.parse("*=any/*"),
                    SanGrant.parse("*.example=any/*"),
                    SanGrant.parse("*.*.*.*=any/*")),
                new StandingOf(tls),
                InstantSource.system()),
            credentials,
            caller(null));
  }

  @AfterAll
  static void stop() {
    running.close();
    tls.close();
  }

  private record StandingOf(ReloadingTlsContext tls) implements CertificateStanding {
    @Override
    public boolean isOwn(X509Certificate shown) {
      return tls.isOwn(shown);
    }

    @Override
    public boolean isRevoked(X509Certificate shown) {
      return tls.isRevoked(shown);
    }
  }

  private static Pair issued(String subject, String names) {
    return ISSUED.computeIfAbsent(subject, _ -> authority.issue(subject, names));
  }

  private static ChannelCredentials caller(@Nullable Pair pair) throws IOException {
    TlsChannelCredentials.Builder credentials =
        TlsChannelCredentials.newBuilder().trustManager(authority.ca().toFile());
    if (pair != null) {
      credentials.keyManager(pair.certificate().toFile(), pair.key().toFile());
    }
    return credentials.build();
  }

  @ParameterizedTest
  @CsvSource({
    "web,   uri:spiffe://td/ns/acme/sa/web, acme/chat, true",
    "two,   'dns:x.example,uri:spiffe://td/ns/acme/sa/web', acme/chat, true",
    "api,   uri:spiffe://td/ns/acme/sa/api, acme/chat, false",
    "web,   uri:spiffe://td/ns/acme/sa/web, globex/chat, false",
    "web,   uri:spiffe://td/ns/acme/sa/web, all, false",
    "every, dns:all.example, all, true",
    "dns,   dns:web.example, any/chat, true",
    "ip,    ip:127.0.0.1, any/chat, false",
    "urn,   uri:urn:web.example, any/chat, false",
    "mail,  email:me@web.example, any/chat, false",
    "web,   uri:spiffe://td/ns/acme/sa/web, any/chat, false",
  })
  void theNamesOfTheCertificateDecide(String subject, String names, String target, boolean may)
      throws Exception {
    ManagedChannel channel = running.connect(caller(issued(subject, names)));
    try {
      if (may) {
        assertThat(send(channel, target)).isEqualTo("0");
      } else {
        assertThatThrownBy(() -> send(channel, target)).hasMessageStartingWith("PERMISSION_DENIED");
      }
    } finally {
      channel.shutdownNow();
    }
  }

  /** CVE-2022-21656 had this cause in another program: name constraints apply by type. */
  @ParameterizedTest
  @ValueSource(
      strings = {"spiffe://td/ns/acme/sa/web", "urn:web.example", "me@web.example", "127.0.0.1 "})
  void aDnsNameThatIsTheTextOfAnotherKindOfNameGivesNoRight(String text) throws Exception {
    ManagedChannel channel = running.connect(caller(authority.issueDnsText("confused", text)));
    try {
      for (String target : List.of("acme/chat", "any/chat")) {
        assertThatThrownBy(() -> send(channel, target)).hasMessageStartingWith("PERMISSION_DENIED");
      }
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void aDnsNameOfItsOwnFormGivesItsRight() throws Exception {
    ManagedChannel channel =
        running.connect(caller(authority.issueDnsText("plain", "web.example")));
    try {
      assertThat(send(channel, "any/chat")).isEqualTo("0");
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void theServersOwnCertificateAndAnotherOfItsKeyAreNoCallers() throws Exception {
    Pair server = new Pair(dir.resolve("ours/server.pem"), dir.resolve("ours/server-key.pem"));
    KeyPair key =
        new KeyPair(
            Certificates.read(server.certificate())[0].getPublicKey(),
            CertificateUtils.getPrivateKey(Files.newInputStream(server.key())));
    Pair sameKey = authority.issue("same-key", "dns:all.example", builder -> builder.keyPair(key));
    for (Pair own : List.of(server, sameKey)) {
      ManagedChannel channel = running.connect(caller(own));
      try {
        assertThatThrownBy(() -> send(channel, "all"))
            .hasMessage(
                "PERMISSION_DENIED: mtls:all.example shows a certificate of this server's own key,"
                    + " which no caller may have");
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void withoutACertificateACallIsRefusedAndATokenDoesNotHelp() {
    long before = running.counted(CallOutcome.UNAUTHORIZED);

    assertThatThrownBy(() -> send(running.channel, "all"))
        .hasMessage("UNAUTHENTICATED: the connection shows no client certificate");
    assertThat(running.counted(CallOutcome.UNAUTHORIZED)).isEqualTo(before + 1);
  }

  @Test
  void aCertificateOfAStrangersAuthorityDoesNotConnect() throws Exception {
    ManagedChannel channel = running.connect(caller(stranger.issue("web", "dns:all.example")));
    try {
      assertThatThrownBy(() -> send(channel, "all")).hasMessageStartingWith("UNAVAILABLE");
    } finally {
      channel.shutdownNow();
    }
  }

  private static String send(ManagedChannel channel, String target) {
    Metadata metadata = new Metadata();
    metadata.put(Metadata.Key.of("pushfanout-target", Metadata.ASCII_STRING_MARSHALLER), target);
    metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer x");
    return PushServerGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
        .broadcast(BroadCastReq.newBuilder().setProto(Requests.proto()).build())
        .getCode();
  }
}
