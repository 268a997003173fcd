package io.pushfanout.server.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.Rpc;
import io.pushfanout.server.FakeEngine;
import io.pushfanout.server.RawHttp2;
import io.pushfanout.server.Requests;
import io.pushfanout.server.RunningServer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SmallFrameLimiterTest {
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);
  private final SmallFrameLimiter pieces = new SmallFrameLimiter(clock::get);

  private void assertAllPermittedFragmentsPass() {
    for (int i = 0; i < SmallFrameLimiter.MAX_PER_SECOND; i++) {
      assertThat(pieces.tryAdd()).isTrue();
    }
    assertThat(pieces.tryAdd()).isFalse();
  }

  @Test
  void oneMoreFragmentThanPermittedInASecondIsTooMany() {
    assertAllPermittedFragmentsPass();
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1) - 1);
    assertThat(pieces.tryAdd()).isFalse();
  }

  @Test
  void theNextSecondHasItsOwnCount() {
    assertAllPermittedFragmentsPass();
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertAllPermittedFragmentsPass();
  }

  /** The clock of this server does not advance. */
  @Test
  void aConnectionWithTooManyIsClosed() throws Exception {
    try (RunningServer running = new RunningServer();
        RawHttp2 client = new RawHttp2(running.server.port())) {
      client.begin(1, Rpc.BROADCAST.path());
      // The prefix is the first exempt fragment.
      client.messagePrefix(1, false, 4 << 20);
      for (int i = 1;
          i < SmallFrameLimiter.EXEMPT_PER_CALL + SmallFrameLimiter.MAX_PER_SECOND + 1;
          i++) {
        client.data(1, false, (byte) 0);
      }
      client.flush();
      assertThat(client.status(1)).isEqualTo("GOAWAY");
    }
  }

  /** Clients that cannot mark the last fragment yet send it in this form. */
  @Test
  void manySmallMessagesInAFewPiecesEachAreServed() throws Exception {
    try (RunningServer running = new RunningServer();
        RawHttp2 client = new RawHttp2(running.server.port())) {
      running.engine.answerWith(FakeEngine.answered(1, 0));
      byte[] message = Requests.broadcast();
      client.mayAnswer(1 << 30);
      // Each message has two fragments that are not the last.
      for (int call = 0; call <= SmallFrameLimiter.MAX_PER_SECOND / 2; call++) {
        int stream = 2 * call + 1;
        client.begin(stream, Rpc.BROADCAST.path());
        client.messagePrefix(stream, false, message.length);
        client.data(stream, false, message);
        client.data(stream, true);
        client.flush();
        assertThat(client.status(stream)).isEqualTo("0");
      }
    }
  }

  @Test
  void largerPiecesDoNotCount() throws Exception {
    try (RunningServer running = new RunningServer();
        RawHttp2 client = new RawHttp2(running.server.port())) {
      int pieces = 2 * SmallFrameLimiter.MAX_PER_SECOND;
      client.begin(1, Rpc.BROADCAST.path());
      client.messagePrefix(1, false, pieces * SmallFrameLimiter.NOT_SMALL_BYTES);
      for (int i = 0; i < pieces; i++) {
        client.data(1, false, new byte[SmallFrameLimiter.NOT_SMALL_BYTES]);
      }
      client.data(1, true);
      client.flush();
      assertThat(client.status(1)).isNotEqualTo("GOAWAY");
    }
  }
}
