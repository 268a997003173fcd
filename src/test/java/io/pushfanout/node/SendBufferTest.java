package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SendBufferTest {
  /** Writes that the network has not accepted yet. */
  private final ArrayDeque<ChannelPromise> stuck = new ArrayDeque<>();

  private final AtomicBoolean full = new AtomicBoolean();

  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new ChannelDuplexHandler() {
            @Override
            public void write(ChannelHandlerContext context, Object text, ChannelPromise written) {
              ReferenceCountUtil.release(text);
              stuck.add(written);
            }
          },
          new ChannelInboundHandlerAdapter()) {
        @Override
        public boolean isWritable() {
          return !full.get();
        }
      };
  private final SendBuffer sendBuffer = new SendBuffer(channel.pipeline().lastContext());
  private final TextMemory memory = new TextMemory(64 << 20);
  private final AtomicInteger sent = new AtomicInteger();

  @AfterEach
  void close() {
    channel.close();
  }

  @Test
  void numberOfWaitingTextsIsBounded() {
    for (int i = 0; i < 1 + SendBuffer.MAX_WAITING_TEXTS; i++) {
      assertThat(offer(10)).isTrue();
    }
    assertThat(offer(10)).isFalse();

    stuck.remove().setSuccess();
    assertThat(offer(10)).isTrue();
    assertThat(offer(10)).isFalse();
  }

  @Test
  void bytesOfWaitingTextsAreBounded() {
    int quarter = SendBuffer.MAX_WAITING_BYTES / 4;
    for (int i = 0; i < 1 + 4; i++) {
      assertThat(offer(quarter)).isTrue();
    }
    assertThat(offer(10)).isFalse();

    stuck.remove().setSuccess();
    assertThat(offer(quarter)).isTrue();
    assertThat(offer(10)).isFalse();
  }

  @Test
  void textOverTheBoundIsTakenWhenNothingElseIsUnsent() {
    assertThat(offer(3 * SendBuffer.MAX_WAITING_BYTES)).isTrue();
    assertThat(offer(SendBuffer.MAX_WAITING_BYTES)).isTrue();
    assertThat(offer(10)).isFalse();
  }

  @Test
  void writesThatFailMakeRoomToo() {
    offer(10);
    offer(20);
    sendBuffer.whenSent(sent::incrementAndGet);
    assertThat(sendBuffer.unsentBytes()).isEqualTo(30);

    stuck.remove().setFailure(new IllegalStateException("gone"));
    stuck.remove().setSuccess();

    assertThat(sendBuffer.unsentBytes()).isZero();
    assertThat(sent).hasValue(1);
    assertThat(memory.all()).isZero();
  }

  @Test
  void laterTextsDoNotDelayAWaitForEarlierOnes() {
    offer(10);
    sendBuffer.whenSent(sent::incrementAndGet);
    offer(20);
    assertThat(sent).hasValue(0);

    stuck.remove().setSuccess();
    assertThat(sent).hasValue(1);
    sendBuffer.whenSent(sent::incrementAndGet);
    assertThat(sent).hasValue(1);
    stuck.remove().setSuccess();
    assertThat(sent).hasValue(2);
  }

  @Test
  void aChannelThatIsFullGetsOneTextAtATime() {
    full.set(true);
    offer(10);
    offer(20);
    offer(30);
    assertThat(stuck).hasSize(1);

    stuck.remove().setSuccess();
    assertThat(stuck).hasSize(1);
    full.set(false);
    stuck.remove().setSuccess();
    assertThat(stuck).hasSize(1);
    assertThat(sendBuffer.unsentBytes()).isEqualTo(30);
  }

  @Test
  void textThatWaitsForSeveralUsersCountsOnce() {
    full.set(true);
    SendBuffer other = new SendBuffer(channel.pipeline().lastContext());
    SharedText text = text(100);
    offer(10);
    for (SendBuffer each : List.of(sendBuffer, other)) {
      assertThat(each.offer(text)).isTrue();
    }
    text.release();
    assertThat(memory.waiting()).isEqualTo(110);

    sendBuffer.discardWaiting();
    assertThat(memory.waiting()).isEqualTo(110);
    assertThat(sendBuffer.unsentBytes()).isEqualTo(10);
    stuck.remove().setSuccess();
    stuck.remove().setSuccess();
    assertThat(memory.waiting()).isZero();
    assertThat(memory.all()).isZero();
  }

  private boolean offer(int size) {
    SharedText text = text(size);
    try {
      return sendBuffer.offer(text);
    } finally {
      text.release();
    }
  }

  private SharedText text(int size) {
    SharedText text =
        memory.answer(new JsonObject().put("a", "x".repeat(size - "{\"a\":\"\"}".length())));
    assertThat(text.size()).isEqualTo(size);
    return text;
  }
}
