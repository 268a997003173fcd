package io.pushfanout.connect;

import static io.pushfanout.connect.KeepAlivePolicy.Step.DEAD;
import static io.pushfanout.connect.KeepAlivePolicy.Step.PING;
import static io.pushfanout.connect.KeepAlivePolicy.Step.WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KeepAlivePolicyTest {
  private final KeepAlivePolicy rule = new KeepAlivePolicy(KeepAlivePolicy.Config.DEFAULT, at(0));

  private static long at(long second) {
    // Near the overflow, where comparing instead of subtracting goes wrong.
    return Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(100) + TimeUnit.SECONDS.toNanos(second);
  }

  @Test
  void silenceWhileACallWaitsSendsAPingAfterTwentySeconds() {
    rule.onCall(at(5));
    assertThat(rule.nanosLeft(at(5))).isEqualTo(Duration.ofSeconds(20).toNanos());
    assertThat(rule.step(at(24))).isEqualTo(WAIT);
    assertThat(rule.step(at(25))).isEqualTo(PING);
  }

  @Test
  void anyArrivalStartsTheSilenceAgain() {
    rule.onCall(at(5));
    rule.onRead(at(20));
    assertThat(rule.step(at(39))).isEqualTo(WAIT);
    assertThat(rule.step(at(40))).isEqualTo(PING);
  }

  @Test
  void laterCallsDoNotHideTheSilence() {
    rule.onCall(at(5));
    rule.onCall(at(15));
    rule.onCall(at(24));
    assertThat(rule.step(at(25))).isEqualTo(PING);
  }

  @Test
  void silenceBeforeTheCallMeansNothing() {
    rule.onRead(at(1));
    rule.onCall(at(1000));
    assertThat(rule.step(at(1019))).isEqualTo(WAIT);
  }

  @Test
  void anUnansweredPingMeansDeadAfterTwentySeconds() {
    rule.onCall(at(0));
    rule.onPing(at(20));
    assertThat(rule.step(at(39))).isEqualTo(WAIT);
    assertThat(rule.step(at(40))).isEqualTo(DEAD);
  }

  @Test
  void newsOfASilentNodeSendsAPingDueInTwoSeconds() {
    rule.onCall(at(0));
    assertThat(rule.isUrgent(at(0), true)).isFalse();
    assertThat(rule.isUrgent(at(1), true)).isTrue();
    rule.onUrgentPing(at(1));
    assertThat(rule.isUrgent(at(2), true)).as("it has been asked").isFalse();
    assertThat(rule.step(at(2))).isEqualTo(WAIT);
    assertThat(rule.step(at(3))).isEqualTo(DEAD);
  }

  @Test
  void newsOfANodeWithoutPendingAnswersSendsOnePingAfterEachCall() {
    assertThat(rule.isUrgent(at(10), false)).as("no call yet").isFalse();
    rule.onCall(at(10));
    rule.onRead(at(11));
    assertThat(rule.isUrgent(at(11), false)).as("it has just answered").isFalse();
    assertThat(rule.isUrgent(at(20), false)).isTrue();
    rule.onUrgentPing(at(20));
    rule.onRead(at(21));
    assertThat(rule.isUrgent(at(1000), false)).as("servers count idle PINGs").isFalse();
    rule.onCall(at(1000));
    assertThat(rule.isUrgent(at(1001), false)).isTrue();
  }

  @Test
  void newsOfANodeThatAnsweredAPingNotLongAgoSendsNoPing() {
    rule.onCall(at(0));
    rule.onUrgentPing(at(1));
    rule.onRead(at(2));
    assertThat(rule.isUrgent(at(10), true)).isFalse();
  }

  @Test
  void afterAnAnsweredPingTheNextIsFiveMinutesLater() {
    rule.onCall(at(0));
    rule.onPing(at(20));
    rule.onRead(at(21));
    rule.onCall(at(50));
    assertThat(rule.pingOutstanding()).isFalse();
    assertThat(rule.step(at(319))).isEqualTo(WAIT);
    assertThat(rule.step(at(320))).isEqualTo(PING);
  }
}
