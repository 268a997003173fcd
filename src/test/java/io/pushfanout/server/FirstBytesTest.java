package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FirstBytesTest {
  private final EmbeddedChannel connection = new EmbeddedChannel(new FirstBytes());

  private void pass(long seconds) {
    connection.advanceTimeBy(seconds, TimeUnit.SECONDS);
    connection.runScheduledPendingTasks();
  }

  @Test
  void whoNeverSpeaksIsHungUpOn() {
    pass(FirstBytes.PATIENCE_SECONDS - 1);
    assertThat(connection.isOpen()).isTrue();
    pass(1);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void whoSpeaksALittleNowAndThenGetsNoMoreTime() {
    for (int i = 0; i < FirstBytes.PATIENCE_SECONDS; i++) {
      connection.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
      pass(1);
    }
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void whoHasSpokenMayBeSilent() {
    connection.writeInbound(Unpooled.wrappedBuffer(new byte[24]));
    connection.writeInbound(Unpooled.wrappedBuffer(new byte[9]));
    pass(10 * FirstBytes.PATIENCE_SECONDS);
    assertThat(connection.isOpen()).isTrue();
    assertThat(connection.pipeline().get(FirstBytes.class)).isNull();
    assertThat(connection.inboundMessages()).hasSize(2);
  }
}
