package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.pushfanout.reload.FileException;
import java.net.NoRouteToHostException;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EtcdFailureTest {
  @Test
  void aCauseWithoutAMessageIsNamedByItsClass() {
    // Netty wraps the exception in its own subclass of the same type.
    NoRouteToHostException noRoute = new NoRouteToHostException("null: /10.9.9.9:2379");
    noRoute.initCause(new NoRouteToHostException());

    assertThat(EtcdFailure.of(new IllegalStateException("io exception", noRoute)).reason())
        .isEqualTo("no route to host: /10.9.9.9:2379");
    assertThat(EtcdFailure.of(new CompletionException(new NoRouteToHostException())).reason())
        .isEqualTo("no route to host");
    assertThat(EtcdFailure.of(new SSLHandshakeException(null)).reason())
        .isEqualTo("TLS: ssl handshake");
  }

  @Test
  void aReasonOfTlsIsInWordsAndHasNoneOfTheLibrarysOwn() {
    SSLHandshakeException alert =
        new SSLHandshakeException(
            "(certificate_required) Received fatal alert: certificate_required");

    assertThat(EtcdFailure.of(unavailable("io exception", alert)).reason())
        .isEqualTo("TLS: it wants a certificate of ours");
    assertThat(
            EtcdFailure.of(
                    unavailable(
                        "Connection closed while performing TLS negotiation\nChannel Pipeline: [x]",
                        null))
                .reason())
        .startsWith("TLS: the connection was closed in the handshake")
        .doesNotContain("Pipeline");
    assertThat(EtcdFailure.of(unavailable("Network closed for unknown reason", null)).reason())
        .isEqualTo("the connection was closed; do the schemes, http or https, match?");
    assertThat(
            EtcdFailure.of(unavailable("HTTP status code 404\ntrailers: Metadata(a=b)", null))
                .reason())
        .isEqualTo("HTTP status code 404");
  }

  private static Throwable unavailable(String text, @Nullable Throwable cause) {
    return Status.UNAVAILABLE.withDescription(text).withCause(cause).asRuntimeException();
  }

  @Test
  void onlyAMissingAnswerNamesNoCause() {
    assertThat(EtcdFailure.namesCause(EtcdFailure.of(new TimeoutException()).reason())).isFalse();
    assertThat(EtcdFailure.namesCause("Connection refused")).isTrue();
  }

  @Test
  void aProblemOfAFileNamesTheFile() {
    FileException broken =
        new FileException(Path.of("tls.key"), "holds a broken key", new InvalidKeyException("DER"));

    assertThat(EtcdFailure.of(new IllegalStateException("no good", broken)).reason())
        .isEqualTo("tls.key: holds a broken key");
  }
}
