package io.pushfanout.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import org.junit.jupiter.api.Test;

class ListenExceptionTest {
  @Test
  void theInnermostReasonIsGivenWithoutTheSystemCall() {
    assertThat(
            why(
                new IOException(
                    "Failed to bind to address /127.0.0.1:80",
                    new BindException("bind(..) failed with error(-98): Address already in use"))))
        .isEqualTo("address already in use");
    assertThat(why(new BindException("Permission denied"))).isEqualTo("permission denied");
  }

  @Test
  void aHostThatHasNoAddressIsUnknown() {
    assertThat(why(new IOException(new UnresolvedAddressException()))).isEqualTo("unknown host");
    assertThat(why(new UnknownHostException("nosuch.invalid"))).isEqualTo("unknown host");
  }

  @Test
  void anIPv6AddressStandsInBrackets() {
    assertThat(new ListenException("::1", 80, "HTTP", "it takes too long", new IOException()))
        .hasMessage("cannot listen on [::1]:80 for HTTP: it takes too long");
  }

  private static String why(Throwable cause) {
    String where = "cannot listen on localhost:80 for gRPC: ";
    String message =
        String.valueOf(new ListenException("localhost", 80, "gRPC", cause).getMessage());
    assertThat(message).startsWith(where);
    return message.substring(where.length());
  }
}
