package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.pushfanout.model.Rpc;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentMessagesTest {
  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final ByteString BYTES = ByteString.copyFromUtf8("bytes");

  private final AtomicLong nanos = new AtomicLong();
  private RecentMessages recent = new RecentMessages(WINDOW, 1 << 30, nanos::get);

  private boolean isDouble(String id) {
    return recent.isDouble(id, Rpc.BROADCAST, BYTES);
  }

  @Test
  void onlyTheSameIdBytesAndMethodAreADouble() {
    assertThat(isDouble("1")).isFalse();
    assertThat(isDouble("1")).isTrue();
    assertThat(isDouble("2")).isFalse();
    assertThat(recent.isDouble("1", Rpc.BROADCAST_TO_ROOM, BYTES)).isFalse();
    assertThat(recent.isDouble("1", Rpc.BROADCAST, BYTES.substring(1))).isFalse();
    assertThat(recent.isDouble("1b", Rpc.BROADCAST, BYTES.substring(1))).isFalse();
    ByteString pieces = BYTES.substring(0, 2).concat(ByteString.copyFromUtf8("tes"));
    assertThat(recent.isDouble("1", Rpc.BROADCAST, pieces)).isTrue();
  }

  @Test
  void messagesWithoutAnIdAreNotRemembered() {
    assertThat(isDouble("")).isFalse();
    assertThat(isDouble("")).isFalse();
  }

  @Test
  void theWindowBeginsWithTheFirstAndIsNotProlonged() {
    assertThat(isDouble("1")).isFalse();
    nanos.addAndGet(WINDOW.toNanos() - 1);
    assertThat(isDouble("1")).isTrue();
    nanos.incrementAndGet();
    assertThat(isDouble("1")).isFalse();
  }

  @Test
  void theOldestGoFirstAtASixteenthOfTheHeap() {
    recent = new RecentMessages(WINDOW, 16 * 2000, nanos::get);
    for (int i = 0; i <= 10; i++) {
      assertThat(isDouble("id-" + i)).isFalse();
    }
    assertThat(isDouble("id-10")).isTrue();
    assertThat(isDouble("id-0")).isFalse();
  }

  @Test
  void withoutAWindowNoneIsRemembered() {
    recent = new RecentMessages(Duration.ZERO, 1 << 30, nanos::get);
    assertThat(isDouble("1")).isFalse();
    assertThat(isDouble("1")).isFalse();
  }
}
