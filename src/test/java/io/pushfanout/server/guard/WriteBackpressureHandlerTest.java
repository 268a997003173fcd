package io.pushfanout.server.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WriteBackpressureHandlerTest {
  private final EmbeddedChannel connection =
      new EmbeddedChannel(new WriteBackpressureHandler(() -> true));

  private void setRead(boolean reads) {
    connection.unsafe().outboundBuffer().setUserDefinedWritability(1, reads);
    connection.runPendingTasks();
  }

  private void pass(long seconds) {
    connection.advanceTimeBy(seconds, TimeUnit.SECONDS);
    connection.runScheduledPendingTasks();
  }

  @Test
  void theServerDoesNotReadFromACallerThatDoesNotRead() {
    setRead(false);
    assertThat(connection.config().isAutoRead()).isFalse();
    setRead(true);
    assertThat(connection.config().isAutoRead()).isTrue();
    pass(100);
    assertThat(connection.isOpen()).isTrue();
  }

  @Test
  void aCallerThatReadsNothingIsDisconnectedAfterSomeTime() {
    setRead(false);
    pass(19);
    assertThat(connection.isOpen()).isTrue();
    pass(1);
    assertThat(connection.isOpen()).isFalse();
  }
}
