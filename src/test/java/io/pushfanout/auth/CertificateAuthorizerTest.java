package io.pushfanout.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Splitter;
import io.pushfanout.auth.Authorizer.Right;
import io.pushfanout.auth.CertificateAuthorizer.CertificateStanding;
import io.pushfanout.auth.CertificateAuthorizer.SanGrant;
import io.pushfanout.auth.Credentials.ClientCertificate;
import io.pushfanout.tools.Certificates;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateAuthorizerTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  @TempDir static Path dir;
  private static X509Certificate shown;

  @BeforeAll
  static void issue() {
    shown = Certificates.read(new Certificates(dir).issue("web", "dns:web").certificate())[0];
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          web.acme.example              | web.acme.example                      | all
          web.acme.example              | WEB.Acme.example                      | acme/chat
          *.acme.example                | web.acme.example                      | all
          *.acme.example=acme/*         | other.example web.acme.example        | acme/chat
          web.*.example=acme/chat       | web.acme.example                      | acme/chat
          spiffe://td/ns/acme/sa/*      | spiffe://td/ns/acme/sa/web            | globex/chat
          spiffe://td/ns/*/sa/web=all   | spiffe://td/ns/acme/sa/web            | all
          a.example=acme/x b.example=acme/chat | b.example                      | acme/chat
          a.example=acme/x *.example=acme/chat | a.example                      | acme/chat
          """)
  void aNameOnTheListIsAllowed(String grants, String names, String target) {
    assertThat(decide(grants, names, target)).isInstanceOf(Decision.Allowed.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          web.acme.example              | acme.example                          | all
          web.acme.example              | web.acme.example.evil.example         | all
          *.acme.example                | acme.example                          | all
          *.acme.example                | a.b.acme.example                      | all
          *.acme.example                | webXacme.example                      | all
          *.acme.example                | .acme.example                         | all
          *.acme.example=acme/*         | web.acme.example                      | globex/chat
          *.acme.example=acme/*         | web.acme.example                      | all
          *.acme.example=acme/chat      | web.acme.example                      | acme/games
          *                             | spiffe://td/ns/acme/sa/web            | all
          *                             | urn:web                               | all
          *.example                     | urn:web.example                       | all
          *.*                           | me@acme.example                       | all
          *.*                           | spiffe://acme.example                 | all
          https://*/*                   | web.acme.example                      | all
          https://*                     | https:web                             | all
          spiffe://td/ns/acme/sa/*      | spiffe://td/ns/acme/sa/web/more       | all
          spiffe://td/ns/acme/sa/*      | spiffe://td/ns/acme/sa/               | all
          spiffe://td/ns/acme/sa/web    | spiffe://td/ns/ACME/sa/web            | all
          spiffe://td/ns/*/sa/web       | spiffe://evil/ns/acme/sa/web          | all
          """)
  void anotherNameDoesNot(String grants, String names, String target) {
    assertThat(decide(grants, names, target)).isInstanceOf(Decision.Denied.class);
  }

  /** An authority may check one type of name by other rules than another type. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          spiffe://td/ns/acme/sa/*      | dns:spiffe://td/ns/acme/sa/web
          spiffe://td/ns/acme/sa/web    | dns:SPIFFE://td/ns/acme/sa/web
          https://web.acme.example      | dns:https://web.acme.example
          web.acme.example              | uri:web.acme.example
          *.acme.example                | uri:web.acme.example
          *                             | uri:web
          *                             | uri:urn:web
          *.*.*                         | uri:http://web.acme.example
          a.example spiffe://td/a       | dns:spiffe://td/a uri:a.example
          """)
  void aNameOfTheOtherTypeIsNotOnTheList(String grants, String names) {
    assertThat(decide(grants, names, "all")).isInstanceOf(Decision.Denied.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          dns:spiffe://td/ns/acme/sa/web | mtls:CN=somebody
          dns:a_b.example                | mtls:a_b.example
          dns:WEB.example                | mtls:web.example
          dns:CN=other                   | mtls:CN=somebody
          dns:web.example.               | mtls:CN=somebody
          uri:web.example                | mtls:CN=somebody
          uri:urn:web                    | mtls:urn:web
          """)
  void aNameThatReadsLikeOneOfTheOtherTypeIsNoIdentity(String name, String caller) {
    assertThat(decide("", name, "all")).isEqualTo(new Decision.Allowed(caller));
  }

  @Test
  void thisServersOwnKeyIsRejectedForAnyGrantedName() {
    for (String grants : List.of("", "web.example", "*.example=acme/*")) {
      assertThat(decide(grants, "web.example", "all", new Standing(true, false)))
          .isEqualTo(
              new Decision.Barred(
                  "mtls:web.example shows a certificate of this server's own key, which no caller"
                      + " may have"));
    }
  }

  @Test
  void aCertificateThatIsRevokedMeanwhileIsRefusedOnAnOldConnectionToo() {
    assertThat(decide("", "web.example", "all", new Standing(false, true)))
        .isEqualTo(new Decision.Unauthenticated("the client certificate has been revoked"));
  }

  @Test
  void theCallerIsTheNameThatHasTheRight() {
    assertThat(decide("*.acme.example", "first.example web.acme.example", "all"))
        .isEqualTo(new Decision.Allowed("mtls:web.acme.example"));
    assertThat(decide("b.example", "a.example", "acme/chat"))
        .isEqualTo(
            new Decision.Denied(
                "mtls:a.example", "mtls:a.example has no right to broadcast to acme/chat"));
  }

  @Test
  void withoutAListEveryCertificateMayBroadcastToAll() {
    assertThat(decide("", "a.example", "all")).isEqualTo(new Decision.Allowed("mtls:a.example"));
    assertThat(decide("", "", "all")).isEqualTo(new Decision.Allowed("mtls:CN=somebody"));
  }

  @Test
  void aMissingOrExpiredCertificateIsRejected() {
    assertThat(decide(List.of(), null)).isInstanceOf(Decision.Unauthenticated.class);
    assertThat(decide(List.of(), certificate("a", NOW.minusSeconds(1))))
        .isInstanceOf(Decision.Unauthenticated.class);
    assertThat(decide(List.of(), certificate("a", NOW))).isInstanceOf(Decision.Allowed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a..b",
        "web*.example",
        "*web",
        ".example",
        "a b",
        "a.example=acme",
        "a.example=",
        "spiffe://td/w*",
        "a.example=acme/chat=globex/chat",
        "ä.example",
      })
  void anInvalidPatternIsRejected(String text) {
    assertThatThrownBy(() -> SanGrant.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  private record Standing(boolean own, boolean revoked) implements CertificateStanding {
    static final Standing GOOD = new Standing(false, false);

    @Override
    public boolean isOwn(X509Certificate shown) {
      return own;
    }

    @Override
    public boolean isRevoked(X509Certificate shown) {
      return revoked;
    }
  }

  private static Decision decide(String grants, String names, String target) {
    return decide(grants, names, target, Standing.GOOD);
  }

  private static Decision decide(
      String grants, String names, String target, CertificateStanding standing) {
    List<SanGrant> all = words(grants).stream().map(SanGrant::parse).toList();
    return new CertificateAuthorizer(all, standing, InstantSource.fixed(NOW))
        .decide(
            new Credentials(null, certificate(names, NOW.plusSeconds(1)), "host"),
            Rights.of(target))
        .join();
  }

  private static Decision decide(List<SanGrant> grants, @Nullable ClientCertificate certificate) {
    return new CertificateAuthorizer(grants, Standing.GOOD, InstantSource.fixed(NOW))
        .decide(new Credentials(null, certificate, "host"), Right.ALL_TARGETS)
        .join();
  }

  private static ClientCertificate certificate(String names, Instant expires) {
    return new ClientCertificate(
        words(names).stream().map(CertificateAuthorizerTest::name).toList(),
        "CN=somebody",
        expires,
        shown);
  }

  /** Parses a name with its type in front, or infers the type. */
  private static SubjectName name(String text) {
    if (text.startsWith("dns:")) {
      return new SubjectName(SubjectName.Type.DNS, text.substring(4));
    }
    return text.startsWith("uri:")
        ? new SubjectName(SubjectName.Type.URI, text.substring(4))
        : new SubjectName(text.contains(":") ? SubjectName.Type.URI : SubjectName.Type.DNS, text);
  }

  private static List<String> words(String text) {
    return Splitter.on(' ').omitEmptyStrings().splitToList(text == null ? "" : text);
  }
}
