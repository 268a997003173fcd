package io.pushfanout.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Splitter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateAccessTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

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
  void aNameOnTheListComesIn(String grants, String names, String target) {
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

  @Test
  void theCallerIsTheNameThatHasTheRight() {
    assertThat(decide("*.acme.example", "first.example web.acme.example", "all"))
        .isEqualTo(new Decision.Allowed("mtls:web.acme.example"));
    assertThat(decide("b.example", "a.example", "acme/chat"))
        .isEqualTo(
            new Decision.Denied(
                "mtls:a.example",
                "mtls:a.example has no right to create on pushfanouts/broadcast of acme/chat"));
  }

  @Test
  void withoutAListEveryCertificateMayBroadcastToAll() {
    assertThat(decide("", "a.example", "all")).isEqualTo(new Decision.Allowed("mtls:a.example"));
    assertThat(decide("", "", "all")).isEqualTo(new Decision.Allowed("mtls:CN=somebody"));
  }

  @Test
  void withoutACertificateOrWithAnOldOneNobodyComesIn() {
    assertThat(decide(List.of(), null)).isInstanceOf(Decision.Unauthenticated.class);
    assertThat(decide(List.of(), new ClientCertificate(List.of("a"), "CN=a", NOW.minusSeconds(1))))
        .isInstanceOf(Decision.Unauthenticated.class);
    assertThat(decide(List.of(), new ClientCertificate(List.of("a"), "CN=a", NOW)))
        .isInstanceOf(Decision.Allowed.class);
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
  void whatIsNoPatternIsRefused(String text) {
    assertThatThrownBy(() -> SanGrant.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  private static Decision decide(String grants, String names, String target) {
    List<SanGrant> all = words(grants).stream().map(SanGrant::parse).toList();
    return new CertificateAccess(all, InstantSource.fixed(NOW))
        .decide(
            new Credentials(
                null,
                new ClientCertificate(words(names), "CN=somebody", NOW.plusSeconds(1)),
                "host"),
            Rights.of(target))
        .join();
  }

  private static Decision decide(List<SanGrant> grants, @Nullable ClientCertificate certificate) {
    return new CertificateAccess(grants, InstantSource.fixed(NOW))
        .decide(new Credentials(null, certificate, "host"), Right.ALL_TARGETS)
        .join();
  }

  private static List<String> words(String text) {
    return Splitter.on(' ').omitEmptyStrings().splitToList(text == null ? "" : text);
  }
}
