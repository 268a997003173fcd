package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pushfanout.model.Rpc;
import java.io.EOFException;
import java.net.SocketException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Malformed frames, which any client can send in any amount, must not fill the log. */
@Timeout(60)
@Isolated("reads the log of all")
class MalformedFramesTest {
  private static final int TIMES = 50;

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private RunningServer running;

  private interface Nonsense {
    void on(RawHttp2 client);
  }

  @BeforeEach
  void start() throws Exception {
    running = new RunningServer();
    log.start();
    root.addAppender(log);
  }

  @AfterEach
  void stop() {
    root.detachAppender(log);
    running.close();
  }

  @Test
  void reservedFlagsOfAMessageAreNotLogged() throws Exception {
    assertQuiet(
        client -> {
          client.begin(1, Rpc.BROADCAST.path());
          client.data(1, true, (byte) 0x7e, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 0);
        });
  }

  @Test
  void aMessageThatEndsEarlyIsNotLogged() throws Exception {
    assertQuiet(
        client -> {
          client.begin(1, Rpc.BROADCAST.path());
          client.messagePrefix(1, false, 100);
          client.data(1, true, new byte[3]);
        });
  }

  @Test
  void aMessageOfNegativeLengthIsNotLogged() throws Exception {
    assertQuiet(
        client -> {
          client.begin(1, Rpc.BROADCAST.path());
          client.messagePrefix(1, false, -1);
          client.data(1, true, new byte[3]);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/protocol.PushServer/Broadcast",
        "/grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health/Watch",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
      })
  void aRequestThatIsNoMessageIsInvalidAndNotLogged(String path) throws Exception {
    byte[] cutOff = {10, 100, 'a'};
    assertInvalidAndQuiet(
        client -> {
          client.begin(1, path);
          client.messagePrefix(1, false, cutOff.length);
          client.data(1, true, cutOff);
        });
  }

  @Test
  void anInvalidTimeoutIsNotLogged() throws Exception {
    assertQuiet(client -> client.begin(1, Rpc.BROADCAST.path(), "grpc-timeout", "abc"));
  }

  @Test
  void headersOverTheLimitAreNotLogged() throws Exception {
    String[] headers = new String[2 * 800];
    Arrays.fill(headers, "x".repeat(100));
    Nonsense tooLong = client -> client.begin(1, Rpc.BROADCAST.path(), headers);
    assertThat(answer(tooLong)).isEqualTo("HTTP 431");
    assertQuiet(tooLong);
  }

  @Test
  void dataOfAStreamThatNeverBeganIsNotLogged() throws Exception {
    assertQuiet(client -> client.data(5, true, new byte[3]));
  }

  private void assertInvalidAndQuiet(Nonsense nonsense) throws Exception {
    for (int i = 0; i < TIMES; i++) {
      assertThat(answer(nonsense)).startsWith("3 ");
    }
    assertNothingIsLogged();
  }

  private void assertQuiet(Nonsense nonsense) throws Exception {
    for (int i = 0; i < TIMES; i++) {
      try {
        assertThat(answer(nonsense)).isNotEqualTo("0");
      } catch (EOFException | SocketException _) {
        // A disconnect without a reply is as good.
      }
    }
    assertNothingIsLogged();
  }

  private String answer(Nonsense nonsense) throws Exception {
    try (RawHttp2 client = new RawHttp2(running.server.port())) {
      nonsense.on(client);
      client.flush();
      return client.status(1);
    }
  }

  private void assertNothingIsLogged() {
    assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
  }
}
