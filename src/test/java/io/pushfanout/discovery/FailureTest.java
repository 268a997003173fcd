package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.reload.FileException;
import java.net.NoRouteToHostException;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class FailureTest {
  @Test
  void aCauseWithoutAMessageIsNamedByItsClass() {
    // As Netty has it: its own kind of the exception, around the one that it is of.
    NoRouteToHostException noRoute = new NoRouteToHostException("null: /10.9.9.9:2379");
    noRoute.initCause(new NoRouteToHostException());

    assertThat(Failure.of(new IllegalStateException("io exception", noRoute)).reason())
        .isEqualTo("no route to host: /10.9.9.9:2379");
    assertThat(Failure.of(new CompletionException(new NoRouteToHostException())).reason())
        .isEqualTo("no route to host");
    assertThat(Failure.of(new SSLHandshakeException(null)).reason())
        .isEqualTo("TLS: ssl handshake");
  }

  @Test
  void aProblemOfAFileNamesTheFile() {
    FileException broken =
        new FileException(Path.of("tls.key"), "holds a broken key", new InvalidKeyException("DER"));

    assertThat(Failure.of(new IllegalStateException("no good", broken)).reason())
        .isEqualTo("tls.key: holds a broken key");
  }
}
