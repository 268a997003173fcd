package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.protobuf.services.HealthStatusManager;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.model.ProcessId;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.server.guard.Http2Limits;
import io.pushfanout.server.guard.Limits;
import io.pushfanout.tls.GrpcTlsCredentials;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tls.ReloadingTlsContext;
import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.Certificates.Pair;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The times that callers have to begin, by a clock that the test moves. */
class CallerChannelsTest {
  private static final byte[] PREFACE = new RequestFrames(true).preface().bytes();
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HALF_A_HANDSHAKE = Http2Limits.HANDSHAKE.dividedBy(2);

  /** Longest TLS handshake, Netty's default. */
  private static final Duration TLS_HANDSHAKE = Duration.ofSeconds(10);

  @TempDir Path dir;

  /** Accepts a connection. */
  private static EmbeddedChannel accepted(@Nullable SslContext tls) {
    CallMeter meter = new CallMeter(List.of());
    BroadcastGate gate =
        new BroadcastGate(
            Limits.DEFAULT,
            new FakeEngine(),
            new Totals().noFanout(),
            MemoryBudget.unlimited(),
            System::nanoTime,
            null,
            null,
            Limits.DEFAULT.memoryBudget(),
            meter);
    ServiceProxy services = new ServiceProxy(new HealthStatusManager(), meter, System::nanoTime);
    CallRouter router = new CallRouter(gate, new LoopGuard(ProcessId.random()), services, meter);
    CallerChannels channels = new CallerChannels(router, Limits.DEFAULT, tls, System::nanoTime);
    EmbeddedChannel connection =
        new EmbeddedChannel(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channels.init(channel);
              }
            });
    connection.freezeTime();
    return connection;
  }

  private static void pass(Duration time, EmbeddedChannel connection) {
    connection.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    connection.runScheduledPendingTasks();
  }

  @Test
  void aSilentConnectionIsClosed() {
    EmbeddedChannel connection = accepted(null);
    pass(HALF_A_HANDSHAKE, connection);
    assertThat(connection.isOpen()).isTrue();
    pass(HALF_A_HANDSHAKE, connection);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void aFewBytesNowAndThenGiveNoMoreTime() {
    EmbeddedChannel connection = accepted(null);
    for (int i = 0; i < Http2Limits.HANDSHAKE.toSeconds(); i++) {
      assertThat(connection.isOpen()).isTrue();
      connection.writeInbound(Unpooled.copiedBuffer(PREFACE, i, 1));
      pass(SECOND, connection);
    }
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void thePrefaceAloneWithoutSettingsIsNoBeginning() {
    EmbeddedChannel connection = accepted(null);
    connection.writeInbound(Unpooled.copiedBuffer(PREFACE, 0, PREFACE.length - 1));
    pass(Http2Limits.HANDSHAKE, connection);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void aConnectionMayBeSilentAfterItsPrefaceUntilItIsIdle() {
    EmbeddedChannel connection = accepted(null);
    connection.writeInbound(Unpooled.copiedBuffer(PREFACE));
    pass(Http2Limits.IDLE, connection);
    assertThat(connection.isOpen()).isTrue();
    // The check is periodic, and the second GOAWAY follows the first.
    pass(Http2Limits.IDLE.dividedBy(10), connection);
    pass(SECOND, connection);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void aConnectionThatBeginsNoTlsHandshakeIsClosed() throws Exception {
    EmbeddedChannel connection = accepted(contexts().server());
    pass(TLS_HANDSHAKE.dividedBy(2), connection);
    assertThat(connection.isOpen()).isTrue();
    pass(TLS_HANDSHAKE.dividedBy(2), connection);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void aConnectionThatIsSilentAfterItsTlsHandshakeIsClosed() throws Exception {
    Contexts contexts = contexts();
    EmbeddedChannel connection = accepted(contexts.server());
    var _ = shakeHands(connection, contexts.client());
    pass(HALF_A_HANDSHAKE, connection);
    assertThat(connection.isOpen()).isTrue();
    pass(HALF_A_HANDSHAKE, connection);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void aConnectionOverTlsMayBeSilentAfterItsPreface() throws Exception {
    Contexts contexts = contexts();
    EmbeddedChannel connection = accepted(contexts.server());
    EmbeddedChannel caller = shakeHands(connection, contexts.client());
    caller.writeOutbound(Unpooled.copiedBuffer(PREFACE));
    exchange(connection, caller);
    pass(Http2Limits.IDLE, connection);
    assertThat(connection.isOpen()).isTrue();
  }

  private record Contexts(SslContext server, SslContext client) {}

  private Contexts contexts() throws Exception {
    Certificates pki = new Certificates(dir);
    Pair pair = pki.issue("server", "ip:127.0.0.1");
    try (ReloadingTlsContext server =
            ReloadingTlsContext.open(new PemFiles(pair.certificate(), pair.key(), null));
        ReloadingTlsContext client = ReloadingTlsContext.open(new PemFiles(null, null, pki.ca()))) {
      return new Contexts(
          GrpcTlsCredentials.serverContext(server), GrpcTlsCredentials.clientContext(client));
    }
  }

  private static EmbeddedChannel shakeHands(EmbeddedChannel connection, SslContext tls) {
    SslHandler handler = tls.newHandler(connection.alloc(), "127.0.0.1", 1);
    EmbeddedChannel caller = new EmbeddedChannel(handler);
    exchange(connection, caller);
    assertThat(handler.handshakeFuture().isSuccess()).isTrue();
    return caller;
  }

  /** Moves bytes between both ends until neither has more. */
  private static void exchange(EmbeddedChannel one, EmbeddedChannel other) {
    boolean moved = true;
    while (moved) {
      moved = move(one, other) || move(other, one);
    }
  }

  /** Moves one buffer. Returns false if there is none. */
  private static boolean move(EmbeddedChannel from, EmbeddedChannel to) {
    ByteBuf bytes = from.readOutbound();
    if (bytes == null) {
      return false;
    }
    to.writeInbound(bytes);
    return true;
  }
}
