package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EventLoopsTest {
  @Test
  void closingEndsTheThreads() throws Exception {
    EventLoops loops = new EventLoops(2);
    Thread thread = loops.group().submit(Thread::currentThread).get();
    assertThat(thread.getName()).startsWith("pushfanout-io-");
    loops.close();
    assertThat(loops.group().isTerminated()).isTrue();
    loops.close();
  }

  @Test
  void thereIsAtLeastOneThread() {
    assertThatThrownBy(() -> new EventLoops(0)).hasMessage("threads must be 1 or more, is 0");
  }
}
