package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
  private static final long START = Long.MAX_VALUE - Duration.ofSeconds(30).toNanos();

  private final Heartbeat heartbeat = new Heartbeat(Heartbeat.INTERVAL_NANOS, START);

  @Test
  void aPingIsDueEach25Seconds() {
    assertThat(after(24, 0)).isEqualTo(Heartbeat.Beat.NOTHING);
    assertThat(after(25, 0)).isEqualTo(Heartbeat.Beat.PING);
    assertThat(after(26, 1)).isEqualTo(Heartbeat.Beat.NOTHING);
    assertThat(after(49, 1)).isEqualTo(Heartbeat.Beat.NOTHING);
    assertThat(after(50, 1)).isEqualTo(Heartbeat.Beat.PING);
  }

  @Test
  void twoUnansweredPingsEndTheConnection() {
    assertThat(after(25, 7)).isEqualTo(Heartbeat.Beat.PING);
    assertThat(after(50, 7)).isEqualTo(Heartbeat.Beat.PING);
    assertThat(after(74, 7)).isEqualTo(Heartbeat.Beat.NOTHING);
    assertThat(after(75, 7)).isEqualTo(Heartbeat.Beat.GONE);
  }

  @Test
  void anAnswerToTheSecondPingSavesTheUser() {
    assertThat(after(25, 0)).isEqualTo(Heartbeat.Beat.PING);
    assertThat(after(50, 0)).isEqualTo(Heartbeat.Beat.PING);
    assertThat(after(75, 1)).isEqualTo(Heartbeat.Beat.PING);
    assertThat(after(100, 1)).isEqualTo(Heartbeat.Beat.PING);
    assertThat(after(125, 1)).isEqualTo(Heartbeat.Beat.GONE);
  }

  @Test
  void aUserThatAlwaysAnswersStays() {
    for (int i = 1; i <= 1_000; i++) {
      assertThat(after(25L * i, i)).isEqualTo(Heartbeat.Beat.PING);
    }
  }

  @Test
  void aLateCheckSendsOnePing() {
    assertThat(after(500, 0)).isEqualTo(Heartbeat.Beat.PING);
    assertThat(after(501, 0)).isEqualTo(Heartbeat.Beat.NOTHING);
  }

  private Heartbeat.Beat after(long seconds, long signs) {
    return heartbeat.at(START + Duration.ofSeconds(seconds).toNanos(), signs);
  }
}
