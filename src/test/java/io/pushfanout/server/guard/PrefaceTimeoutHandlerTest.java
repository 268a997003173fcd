package io.pushfanout.server.guard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PrefaceTimeoutHandlerTest {
  private static final ByteBuf WORDS =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", US_ASCII)
              .writeBytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0}));

  private EmbeddedChannel connection = with(http2());

  private static Http2ConnectionHandler http2() {
    return new Http2ConnectionHandlerBuilder()
        .server(true)
        .frameListener(new Http2FrameAdapter())
        .build();
  }

  private static EmbeddedChannel with(ChannelHandler protocol) {
    return new EmbeddedChannel(new PrefaceTimeoutHandler(), protocol);
  }

  private void pass(long seconds) {
    connection.advanceTimeBy(seconds, TimeUnit.SECONDS);
    connection.runScheduledPendingTasks();
  }

  @Test
  void aSilentConnectionIsClosed() {
    pass(PrefaceTimeoutHandler.TIMEOUT_SECONDS - 1);
    assertThat(connection.isOpen()).isTrue();
    pass(1);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void aFewBytesNowAndThenGiveNoMoreTime() {
    for (int i = 0; i < PrefaceTimeoutHandler.TIMEOUT_SECONDS; i++) {
      connection.writeInbound(WORDS.retainedSlice(i, 1));
      pass(1);
    }
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void aConnectionWithoutHttp2IsClosedHoweverMuchItSends() {
    // The bytes stand for a TLS handshake; HTTP/2 begins after it.
    connection = with(new ChannelHandlerAdapter() {});
    connection.writeInbound(Unpooled.wrappedBuffer(new byte[1000]));
    pass(PrefaceTimeoutHandler.TIMEOUT_SECONDS);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void aConnectionMayBeSilentAfterItsPreface() {
    connection.writeInbound(WORDS.retainedSlice(0, 24));
    connection.writeInbound(WORDS.retainedSlice(24, 9));
    pass(10 * PrefaceTimeoutHandler.TIMEOUT_SECONDS);
    assertThat(connection.isOpen()).isTrue();
    assertThat(connection.pipeline().get(PrefaceTimeoutHandler.class)).isNull();
  }
}
