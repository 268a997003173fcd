package io.pushfanout.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.pushfanout.model.NodeState;
import io.pushfanout.model.StatusCode;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeLifecycleTest {
  /**
   * Plays events, each with the second at which it comes, and compares the state at the end. {@code
   * up}, {@code down}, {@code replace}; {@code ok}, {@code error}, {@code late} (no answer in
   * time), {@code lost} (with its connection), {@code away}, and {@code awayN} for N of them at
   * once.
   */
  @ParameterizedTest(name = "{0} at {1} s: {2}")
  @CsvSource(
      textBlock =
          """
          # events                                               second state        connected failing flapping
          '',                                                    4,     CONNECTING,  false,    false,  false
          '',                                                    5,     UNREACHABLE, false,    false,  false
          'up@1',                                                9,     CONNECTED,   true,     false,  false
          'up@1 down@9',                                         13,    CONNECTING,  false,    false,  false
          'up@1 down@9 down@11',                                 14,    UNREACHABLE, false,    false,  false
          # An orderly end is no loss until the dial fails.
          'up@1 replace@9',                                      19,    CONNECTED,   true,     false,  false
          'up@1 replace@9 up@9',                                 19,    CONNECTED,   true,     false,  false
          'up@1 replace@9 down@10',                              14,    CONNECTING,  false,    false,  false
          'up@1 replace@9 down@10',                              15,    UNREACHABLE, false,    false,  false
          # Absent behind a live connection: three in a row, without a success.
          'up@1 away@9 away@9',                                  20,    CONNECTED,   true,     false,  false
          'up@1 away@9 away@9 ok@9 away@9 away@9',               20,    CONNECTED,   true,     false,  false
          'up@1 away@9 away@9 error@9 away@9 away@9',            20,    CONNECTED,   true,     false,  false
          'up@1 away@9 away@9 away@9',                           9,     CONNECTING,  false,    false,  false
          'up@1 away@9 away@10 away@11',                         14,    UNREACHABLE, false,    false,  false
          'up@1 away3@9',                                        14,    UNREACHABLE, false,    false,  false
          'up@1 away@9 late@9 away@9 lost@9 away@9',             9,     CONNECTING,  false,    false,  false
          'up@1 away9@9 away@11 late@12',                        14,    UNREACHABLE, false,    false,  false
          'up@1 away9@9 ok@11',                                  14,    CONNECTED,   true,     false,  false
          'up@1 away9@9 error@11',                               14,    CONNECTED,   true,     false,  false
          'up@1 away9@9 replace@10 up@10',                       14,    UNREACHABLE, false,    false,  false
          'up@1 away9@9 down@12',                                14,    UNREACHABLE, false,    false,  false
          'up@1 away9@9 down@12 up@13',                          14,    CONNECTED,   true,     false,  false
          # Failing: it is there, and nothing succeeds.
          'up@1 error@9 error@9',                                9,     CONNECTED,   true,     false,  false
          'up@1 error@9 error@9 error@9',                        9,     CONNECTED,   true,     true,   false
          'up@1 late@9 late@9 late@9',                           9,     CONNECTED,   true,     true,   false
          'up@1 lost@9 lost@9 lost@9',                           9,     CONNECTED,   true,     false,  false
          'up@1 error@9 error@9 ok@9 error@9',                   9,     CONNECTED,   true,     false,  false
          'up@1 error3@9 ok@13',                                 13,    CONNECTED,   true,     true,   false
          'up@1 error3@9 ok@14',                                 14,    CONNECTED,   true,     false,  false
          'up@1 error3@9 ok@10 error@13 ok@14',                  14,    CONNECTED,   true,     true,   false
          # Flapping: connections that live for less than 5 s, again and again.
          'up@1 down@2 up@3 down@4',                             4,     CONNECTING,  false,    false,  false
          'up@1 down@2 up@3 down@4 up@5 down@6',                 6,     CONNECTING,  false,    false,  true
          'up@1 replace@2 up@3 replace@4 up@5 replace@6 up@6',   7,     CONNECTED,   true,     false,  true
          'up@1 replace@2 up@3 replace@4 up@5 replace@6 up@6',   11,    CONNECTED,   true,     false,  false
          'up@1 down@2 up@3 down@4 up@5 down@11 up@11 down@12',  12,    CONNECTING,  false,    false,  false
          """)
  void theStateFollowsFromTheEvents(
      String events,
      int second,
      NodeState state,
      boolean connected,
      boolean failing,
      boolean flapping) {
    NodeLifecycle life = NodeLifecycle.begin(0);
    for (String event : Splitter.on(' ').omitEmptyStrings().split(events)) {
      int at = event.indexOf('@');
      int when = Integer.parseInt(event.substring(at + 1));
      life = after(life, event.substring(0, at), seconds(when));
    }

    assertThat(life.state(seconds(second))).isEqualTo(state);
    assertThat(life.isConnected()).isEqualTo(connected);
    assertThat(life.failures().failing()).isEqualTo(failing);
    assertThat(life.isFlapping(seconds(second))).isEqualTo(flapping);
  }

  private static NodeLifecycle after(NodeLifecycle life, String event, long now) {
    String name = event.replaceAll("[0-9]", "");
    int count = event.equals(name) ? 1 : Integer.parseInt(event.substring(name.length()));
    return switch (name) {
      case "up" -> life.connected(now);
      case "down" -> life.disconnected(now, true, "refused");
      case "replace" -> life.replacing(now);
      case "ok" -> life.ended(Evidence.PRESENT, StatusCode.OK, "", count, now);
      case "error" -> life.ended(Evidence.PRESENT, StatusCode.INTERNAL, "bug", count, now);
      case "late" -> life.ended(Evidence.NONE, StatusCode.DEADLINE_EXCEEDED, "", count, now);
      case "lost" -> life.ended(Evidence.NONE, StatusCode.UNAVAILABLE, "reset", count, now);
      case "away" -> life.ended(Evidence.ABSENT, StatusCode.UNAVAILABLE, "no upstream", count, now);
      default -> throw new IllegalArgumentException(event);
    };
  }

  @Test
  void detailNamesTheReason() {
    NodeLifecycle up = NodeLifecycle.begin(0).connected(0);
    NodeLifecycle absent = up.ended(Evidence.ABSENT, StatusCode.UNAVAILABLE, "no upstream", 3, 1);

    assertThat(NodeLifecycle.begin(0).detail()).isEqualTo("not connected yet");
    assertThat(up.detail()).isEmpty();
    assertThat(absent.detail()).isEqualTo("absent behind its connection: UNAVAILABLE no upstream");
    assertThat(absent.disconnected(2, true, "refused").detail()).isEqualTo("refused");
  }

  @Test
  void aDeliveryToAHealthyNodeMakesNoNewValue() {
    NodeLifecycle up = NodeLifecycle.begin(0).connected(0);

    assertThat(up.ended(Evidence.PRESENT, StatusCode.OK, "", 1, 1)).isSameAs(up);
  }

  private static long seconds(int seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }
}
