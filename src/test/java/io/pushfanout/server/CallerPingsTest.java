package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.Rpc;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PINGs of callers: keepalive is permitted, a flood ends as it does with gRPC's servers. */
@Timeout(60)
class CallerPingsTest {
  private static final String TOO_MANY = "too_many_pings";

  private RunningServer running;
  private RawHttp2 caller;

  @BeforeEach
  void start() throws Exception {
    running = new RunningServer();
    caller = new RawHttp2(running.server.port());
  }

  @AfterEach
  void stop() throws Exception {
    caller.close();
    running.close();
  }

  @Test
  void pingsOfAnIdleConnectionAreTooManyAfterTwoEarlyOnes() throws Exception {
    assertThat(ping()).isEmpty();
    assertThat(ping()).isEmpty();
    assertThat(ping()).isEmpty();
    assertThat(ping()).isEqualTo(TOO_MANY);
  }

  @Test
  void aPingEachTenSecondsIsPermitted() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(ping()).isEmpty();
      running.pass(Duration.ofSeconds(10));
    }
  }

  @Test
  void aPingAfterEachReplyIsPermitted() throws Exception {
    for (int stream = 1; stream < 40; stream += 2) {
      caller.begin(stream, Rpc.BROADCAST.path());
      caller.data(stream, true);
      caller.flush();
      assertThat(caller.status(stream)).startsWith("3 ");
      assertThat(ping()).isEmpty();
    }
  }

  @Test
  void aFloodOfPingsInOneWriteIsTooMany() throws Exception {
    for (int i = 0; i < 100; i++) {
      caller.ping();
    }
    assertThat(ping()).isEmpty();
    assertThat(caller.pong()).isEmpty();
    assertThat(caller.pong()).isEmpty();
    assertThat(caller.pong()).isEqualTo(TOO_MANY);
  }

  private String ping() throws Exception {
    caller.ping();
    caller.flush();
    return caller.pong();
  }
}
