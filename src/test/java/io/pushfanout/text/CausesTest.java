package io.pushfanout.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CausesTest {
  /** A subclass of a JDK exception, as Netty has them. */
  private static final class AnnotatedNoRouteException extends NoRouteToHostException {
    AnnotatedNoRouteException(@Nullable String of) {
      super(of + ": /10.9.9.9:50052");
    }
  }

  private static final class StacklessClosedChannelException extends ClosedChannelException {}

  private static final class WrongThingException extends RuntimeException {}

  static Stream<Arguments> causes() {
    return Stream.of(
        Arguments.of(new AnnotatedNoRouteException(null), "no route to host: /10.9.9.9:50052"),
        Arguments.of(new AnnotatedNoRouteException("No route"), "No route: /10.9.9.9:50052"),
        Arguments.of(new NoRouteToHostException(), "no route to host"),
        Arguments.of(new NoRouteToHostException("null"), "no route to host"),
        Arguments.of(new NoRouteToHostException(" "), "no route to host"),
        Arguments.of(new PortUnreachableException(), "port unreachable"),
        Arguments.of(new ConnectException(), "connection refused"),
        Arguments.of(
            new ConnectException(
                "finishConnect(..) failed with error(-111): Connection refused: /127.0.0.1:1"),
            "Connection refused: /127.0.0.1:1"),
        Arguments.of(
            new IOException("connect(...) failed with error(-101): Network is unreachable"),
            "Network is unreachable"),
        Arguments.of(new StacklessClosedChannelException(), "connection closed"),
        Arguments.of(new TimeoutException(), "no answer in time"),
        Arguments.of(new SocketTimeoutException(), "no answer in time"),
        Arguments.of(new HttpConnectTimeoutException("slow"), "slow"),
        Arguments.of(new UnresolvedAddressException(), "unknown host"),
        Arguments.of(new EOFException(), "ended too early"),
        Arguments.of(new IOException((String) null), "input or output failed"),
        Arguments.of(new WrongThingException(), "wrong thing"),
        Arguments.of(new OutOfMemoryError(), "out of memory"),
        Arguments.of(new CompletionException(new TimeoutException()), "no answer in time"));
  }

  @ParameterizedTest
  @MethodSource("causes")
  void aCauseIsNamedByItsMessageOrByItsClassInWords(Throwable cause, String text) {
    assertThat(Causes.text(cause)).isEqualTo(text);
  }

  @Test
  void oneWithoutAMessageHasNone() {
    assertThat(Causes.message(new NoRouteToHostException())).isNull();
    assertThat(Causes.message(new AnnotatedNoRouteException(null)))
        .isEqualTo("no route to host: /10.9.9.9:50052");
  }
}
