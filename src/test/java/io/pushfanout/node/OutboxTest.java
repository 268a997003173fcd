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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboxTest {
  /** Writes that the network has not taken yet. */
  private final ArrayDeque<ChannelPromise> stuck = new ArrayDeque<>();

  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new ChannelDuplexHandler() {
            @Override
            public void write(ChannelHandlerContext context, Object text, ChannelPromise written) {
              ReferenceCountUtil.release(text);
              stuck.add(written);
            }
          },
          new ChannelInboundHandlerAdapter());
  private final Outbox outbox = new Outbox(channel.pipeline().lastContext());
  private final AtomicInteger sent = new AtomicInteger();

  @AfterEach
  void close() {
    channel.close();
  }

  @Test
  void numberOfWaitingTextsIsBounded() {
    for (int i = 0; i < 1 + Outbox.MAX_WAITING_TEXTS; i++) {
      assertThat(offer(10)).isTrue();
    }
    assertThat(offer(10)).isFalse();

    stuck.remove().setSuccess();
    assertThat(offer(10)).isTrue();
    assertThat(offer(10)).isFalse();
  }

  @Test
  void bytesOfWaitingTextsAreBounded() {
    int quarter = Outbox.MAX_WAITING_BYTES / 4;
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
    assertThat(offer(3 * Outbox.MAX_WAITING_BYTES)).isTrue();
    assertThat(offer(Outbox.MAX_WAITING_BYTES)).isTrue();
    assertThat(offer(10)).isFalse();
  }

  @Test
  void writesThatFailMakeRoomToo() {
    offer(10);
    offer(20);
    assertThat(outbox.unsentBytes()).isEqualTo(30);

    stuck.remove().setFailure(new IllegalStateException("gone"));
    stuck.remove().setSuccess();

    assertThat(outbox.unsentBytes()).isZero();
    assertThat(sent).hasValue(2);
  }

  private boolean offer(int size) {
    SharedText text =
        SharedText.of(new JsonObject().put("a", "x".repeat(size - "{\"a\":\"\"}".length())));
    assertThat(text.size()).isEqualTo(size);
    try {
      return outbox.offer(text, sent::incrementAndGet);
    } finally {
      text.release();
    }
  }
}
