package io.pushfanout.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Behaviour that does not show on a real connection; the tests of {@code connect} use real ones.
 */
class ClientConnectionTest {
  private static final Http2Headers POST = new DefaultHttp2Headers().method("POST").path("/");
  private static final byte[] OK_TRAILERS = {(byte) 0x88};

  private final List<String> heard = new ArrayList<>();
  private final WriteBuffers memory = new WriteBuffers(1 << 20);
  private final ClientConnection connection = new ClientConnection(new Owner(), 8192, true, memory);
  private final EmbeddedChannel channel = new EmbeddedChannel(connection.handler());

  @BeforeEach
  void settle() {
    assertThat(sent()).hasSize(1);
    receive(Http2FrameTypes.SETTINGS, 0, 0, new byte[0]);
    assertThat(sent()).hasSize(1);
  }

  @AfterEach
  void release() {
    channel.finishAndReleaseAll();
  }

  @Test
  void framesCausedByRepliesAreOneWriteAtTheEndOfTheReading() {
    Stream one = open(new byte[10]);
    Stream two = open(new byte[10]);
    connection.flush();
    assertThat(sent()).hasSize(1);
    one.then = () -> open(new byte[10]);
    two.then = () -> open(new byte[10]);

    channel.writeOneInbound(frame(Http2FrameTypes.HEADERS, 5, one.id(), OK_TRAILERS));
    connection.flush();
    channel.writeOneInbound(frame(Http2FrameTypes.HEADERS, 5, two.id(), OK_TRAILERS));
    connection.flush();
    assertThat(sent()).isEmpty();
    channel.flushInbound();

    assertThat(sent()).hasSize(1);
  }

  @Test
  void heldBackBytesAreSentAFrameAtATimeInTurns() {
    Stream big = open(new byte[60_000]);
    Stream other = open(new byte[30_000]);
    connection.flush();
    assertThat(data(big)).isEqualTo(60_000);
    assertThat(data(other)).isEqualTo(5_535);
    assertThat(other.unsentBytes()).isEqualTo(24_465);
    assertThat(connection.room(big)).as("its body is ended").isZero();
    Stream third = open(new byte[20_000]);

    receive(Http2FrameTypes.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, (byte) 0x80, 0});

    assertThat(third.unsentBytes()).isEqualTo(20_000 - 16_384);
    assertThat(other.unsentBytes()).isEqualTo(24_465 - 16_384);
    receive(Http2FrameTypes.WINDOW_UPDATE, 0, 0, new byte[] {0, 1, 0, 0});
    assertThat(third.unsentBytes()).isZero();
    assertThat(other.unsentBytes()).isZero();
    assertThat(heard).isEmpty();
  }

  @Test
  void aStreamWithoutRoomIsNotifiedOfRoom() {
    Stream one = begin();
    Stream two = begin();
    assertThat(connection.room(one)).isBetween(65_000, 65_535);
    connection.send(one, Body.of(new byte[65_000]), false);
    connection.flush();
    assertThat(connection.room(one)).as("of the windows").isEqualTo(535);
    connection.send(two, Body.of(new byte[600]), false);
    assertThat(connection.room(one)).as("of the connection's window").isZero();
    assertThat(connection.room(two)).as("while something is held back").isZero();
    connection.flush();

    receive(Http2FrameTypes.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 65});
    assertThat(heard).as("what is held back takes it").isEmpty();
    receive(Http2FrameTypes.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 100});
    assertThat(heard).containsExactlyInAnyOrder("sent 1", "sent 3");
    assertThat(connection.room(one)).isEqualTo(100);
    receive(Http2FrameTypes.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 100});
    assertThat(heard).as("told once for each time").hasSize(2);
  }

  /** A peer may take frames of up to 16 MiB. */
  @Test
  void framesAndBytesOnTheirWayAreNoLargerThanABuffer() {
    receive(Http2FrameTypes.SETTINGS, 0, 0, setting(5, (1 << 24) - 1));
    receive(Http2FrameTypes.SETTINGS, 0, 0, setting(4, Integer.MAX_VALUE));
    receive(Http2FrameTypes.WINDOW_UPDATE, 0, 0, new byte[] {0x7f, 0, 0, 0});
    sent();
    long before = memory.taken();
    Stream large = open(new byte[20 << 20]);
    assertThat(memory.taken() - before).isBetween(72L << 10, 144L << 10);
    assertThat(large.unsentBytes()).isGreaterThan((20 << 20) - (72 << 10));
    assertThat(connection.canOpenStream()).isFalse();
    connection.flush();
    assertThat(large.unsentBytes()).as("a channel that takes all").isZero();
    assertThat(sent()).allSatisfy(write -> assertThat(write.length()).isLessThan(73 << 10));
    assertThat(memory.taken()).isZero();
  }

  @Test
  void scarceMemoryLowersTheBytesOnTheirWay() {
    memory.take(1 << 20);
    assertThat(connection.canOpenStream()).isTrue();
    Stream large = open(new byte[60_000]);
    assertThat(data(large)).isBetween(3_000, 4096);
    connection.flush();
    assertThat(data(large)).isEqualTo(60_000);
    assertThat(sent()).allSatisfy(write -> assertThat(write.length()).isLessThan(5_000));
    memory.giveBack(1 << 20);
    assertThat(memory.taken()).isZero();
  }

  private static byte[] setting(int id, int value) {
    return ByteBuffer.allocate(6).putShort((short) id).putInt(value).array();
  }

  @Test
  void aStreamSendsInPiecesAndEndsOnce() {
    Stream stream = new Stream();
    connection.open(stream, POST);
    connection.send(stream, Body.of(bytes("abc")), false);
    connection.send(stream, Body.of(new byte[0]), true);
    connection.send(stream, Body.of(bytes("late")), true);
    connection.flush();
    assertThat(sent().getFirst()).endsWith("abc\0\0\0\0\1\0\0\0\1");
  }

  @Test
  void anAnswerBeforeTheEndOfTheRequestResetsIt() {
    Stream stream = open(new byte[70_000]);
    connection.flush();
    sent();
    receive(Http2FrameTypes.HEADERS, 5, stream.id(), OK_TRAILERS);
    assertThat(heard).containsExactly("headers 1 end");
    assertThat(sent().getFirst()).endsWith("\0\0\4\3\0\0\0\0\1\0\0\0\10");
    assertThat(connection.isIdle()).isTrue();
  }

  @Test
  void aStreamErrorEndsThatStreamAlone() {
    Stream bad = open(new byte[1]);
    Stream good = open(new byte[1]);
    receive(Http2FrameTypes.DATA, 0, bad.id(), new byte[3]);
    receive(Http2FrameTypes.HEADERS, 5, good.id(), OK_TRAILERS);
    assertThat(heard).containsExactly("error 1 DATA before HEADERS", "headers 3 end");
  }

  @Test
  void idsGoUpAndAStreamEndsOnce() {
    Stream one = open(new byte[1]);
    Stream two = open(new byte[1]);
    assertThat(List.of(one.id(), two.id())).containsExactly(1, 3);
    assertThat(connection.reset(one, Http2Error.CANCEL)).isTrue();
    assertThat(connection.reset(one, Http2Error.CANCEL)).isFalse();
    receive(Http2FrameTypes.RST_STREAM, 0, one.id(), new byte[4]);
    receive(Http2FrameTypes.RST_STREAM, 0, two.id(), new byte[] {0, 0, 0, 7});
    receive(Http2FrameTypes.RST_STREAM, 0, two.id(), new byte[] {0, 0, 0, 7});
    assertThat(heard).containsExactly("unprocessed 3");
  }

  /** DATA, PRIORITY, SETTINGS, their acknowledgement, GOAWAY, and a frame of an unknown type. */
  @ParameterizedTest
  @CsvSource({"0, 0", "2, 0", "4, 0", "4, 1", "7, 0", "100, 0"})
  void framesWithoutEndThatBringNothingEndTheConnection(byte type, int flags) {
    Stream stream = open(new byte[1]);
    receive(Http2FrameTypes.HEADERS, 4, stream.id(), OK_TRAILERS);
    heard.clear();
    for (int i = 0; i < 200; i++) {
      receiveIdle(type, flags, stream);
    }
    assertThat(heard).filteredOn(line -> !line.equals("data " + stream.id())).isEmpty();
    receiveIdle(type, flags, stream);
    assertThat(heard).contains("failed more than 200 frames that bring nothing");
  }

  @Test
  void interimAnswersWithoutEndEndTheConnection() {
    Stream stream = open(new byte[1]);
    // HPACK's static table: 8 is ":status: 200".
    byte[] earlyHints = {0x08, 3, '1', '0', '3'};
    for (int i = 0; i < 199; i++) {
      receive(Http2FrameTypes.HEADERS, 4, stream.id(), earlyHints);
    }
    assertThat(heard).isEmpty();
    receive(Http2FrameTypes.HEADERS, 4, stream.id(), earlyHints);
    assertThat(heard).contains("failed more than 200 frames that bring nothing");
  }

  @Test
  void framesThatBringNothingAreNoOffenceBetweenAnswers() {
    for (int i = 0; i < 300; i++) {
      Stream stream = open(new byte[1]);
      receive(Http2FrameTypes.SETTINGS, 0, 0, new byte[0]);
      receive(Http2FrameTypes.HEADERS, 5, stream.id(), OK_TRAILERS);
    }
    assertThat(heard).hasSize(300).noneMatch(line -> line.startsWith("failed"));
  }

  @Test
  void framesThatBringNothingAreNoOffenceBetweenPartsOfAnAnswer() {
    Stream stream = open(new byte[1]);
    receive(Http2FrameTypes.HEADERS, 4, stream.id(), OK_TRAILERS);
    for (int i = 0; i < 300; i++) {
      receive(Http2FrameTypes.DATA, 0, stream.id(), new byte[0]);
      receive(Http2FrameTypes.DATA, 0, stream.id(), new byte[1]);
    }
    assertThat(heard).noneMatch(line -> line.startsWith("failed"));
  }

  private static final String FLOOD = "failed more than 200 frames that bring nothing";

  /** HEADERS, DATA with a byte, RST_STREAM, and WINDOW_UPDATE, the last on the connection too. */
  @ParameterizedTest
  @CsvSource({"1, 4, 88", "0, 0, 00", "3, 0, 00000008", "8, 0, 00000001"})
  void framesWithoutEndForAnEndedStreamEndTheConnection(byte type, int flags, String hex) {
    byte[] payload = ByteBufUtil.decodeHexDump(hex);
    Stream stream = open(new byte[1]);
    receive(Http2FrameTypes.HEADERS, 5, stream.id(), OK_TRAILERS);
    // The DATA frame that was sent excuses 8.
    for (int i = 0; i < 208; i++) {
      receive(type, flags, stream.id(), payload);
    }
    assertThat(heard).doesNotContain(FLOOD);
    receive(type, flags, stream.id(), payload);
    assertThat(heard).contains(FLOOD);
  }

  /** Malformed HEADERS, and WINDOW_UPDATE by 0: errors of an ended stream. */
  @ParameterizedTest
  @CsvSource({"1, 4, 0001410162", "8, 0, 00000000"})
  void errorsWithoutEndOfAnEndedStreamEndTheConnection(byte type, int flags, String hex) {
    framesWithoutEndForAnEndedStreamEndTheConnection(type, flags, hex);
  }

  @ParameterizedTest
  @ValueSource(bytes = {Http2FrameTypes.WINDOW_UPDATE, Http2FrameTypes.PING})
  void framesOfTheConnectionWithoutEndEndIt(byte type) {
    byte[] payload =
        type == Http2FrameTypes.PING ? new byte[8] : ByteBufUtil.decodeHexDump("00000001");
    // Its SETTINGS were the first.
    for (int i = 0; i < 199; i++) {
      receive(type, 1, 0, payload);
    }
    assertThat(heard).isEmpty();
    receive(type, 1, 0, payload);
    assertThat(heard).containsExactly(FLOOD);
  }

  /** The slowest reader that there is: it gives back each byte by itself. */
  @Test
  void windowsThatLetBytesGoAreNoOffence() {
    receive(Http2FrameTypes.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
    Stream stream = open(new byte[5_000]);
    for (int i = 0; i < 5_000; i++) {
      receive(Http2FrameTypes.WINDOW_UPDATE, 0, stream.id(), new byte[] {0, 0, 0, 1});
      receive(Http2FrameTypes.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1});
    }
    assertThat(stream.unsentBytes()).isZero();
    assertThat(heard).isEmpty();
  }

  @Test
  void windowsGivenBackForWhatWasSentAreNoOffence() {
    for (int i = 0; i < 500; i++) {
      open(new byte[10]);
    }
    connection.flush();
    for (int i = 0; i < 500; i++) {
      for (int update = 0; update < 4; update++) {
        receive(Http2FrameTypes.WINDOW_UPDATE, 0, 2 * i + 1, new byte[] {0, 0, 0, 5});
      }
    }
    assertThat(heard).isEmpty();
  }

  /** A frozen node replies to all calls at once, after they have ended. */
  @Test
  void answersToStreamsThatWereResetAreNoOffence() {
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      streams.add(open(new byte[1]));
    }
    for (Stream stream : streams) {
      assertThat(connection.reset(stream, Http2Error.CANCEL)).isTrue();
    }
    for (Stream stream : streams) {
      receive(Http2FrameTypes.HEADERS, 4, stream.id(), OK_TRAILERS);
      for (int i = 0; i < 50; i++) {
        receive(Http2FrameTypes.DATA, 0, stream.id(), new byte[7]);
      }
      receive(Http2FrameTypes.HEADERS, 5, stream.id(), OK_TRAILERS);
    }
    assertThat(heard).isEmpty();
  }

  private void receiveIdle(byte type, int flags, Stream stream) {
    int id = type == Http2FrameTypes.DATA || type == Http2FrameTypes.PRIORITY ? stream.id() : 0;
    byte[] payload =
        switch (type) {
          case Http2FrameTypes.PRIORITY -> new byte[5];
          case Http2FrameTypes.GO_AWAY -> new byte[] {127, 0, 0, 0, 0, 0, 0, 0};
          default -> new byte[0];
        };
    receive(type, flags, id, payload);
  }

  private Stream begin() {
    Stream stream = new Stream();
    connection.open(stream, POST);
    return stream;
  }

  private Stream open(byte[] body) {
    Stream stream = new Stream();
    stream.given = body.length;
    connection.open(stream, POST);
    connection.send(stream, Body.of(body), true);
    return stream;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void receive(byte type, int flags, int stream, byte[] payload) {
    channel.writeInbound(frame(type, flags, stream, payload));
  }

  private static ByteBuf frame(byte type, int flags, int stream, byte[] payload) {
    ByteBuf frame = Unpooled.buffer();
    Frames.header(frame, payload.length, type, flags, stream);
    return frame.writeBytes(payload);
  }

  /** Returns the buffers given to the channel since the last call. */
  private List<String> sent() {
    List<String> writes = new ArrayList<>();
    for (ByteBuf write = channel.readOutbound(); write != null; write = channel.readOutbound()) {
      writes.add(write.toString(StandardCharsets.ISO_8859_1));
      write.release();
    }
    return writes;
  }

  private static int data(Stream stream) {
    return stream.given - (int) stream.unsentBytes();
  }

  private final class Stream extends ClientStream {
    Runnable then = () -> {};
    int given;

    @Override
    protected void onHeaders(Http2Headers headers, boolean end) {
      heard.add("headers " + id() + (end ? " end" : ""));
      then.run();
    }

    @Override
    protected void onData(ByteBuf data, boolean end) {
      heard.add("data " + id());
    }

    @Override
    protected void onReset(long errorCode) {
      heard.add("reset " + id() + " " + errorCode);
    }

    @Override
    protected void onUnprocessed(boolean refused) {
      heard.add("unprocessed " + id());
    }

    @Override
    protected void onError(Http2Exception error) {
      heard.add("error " + id() + " " + error.getMessage());
    }

    @Override
    protected void onRoom() {
      heard.add("sent " + id());
    }
  }

  private final class Owner implements ConnectionListener {
    @Override
    public void onRead() {}

    @Override
    public void onSettings() {}

    @Override
    public void onRoom() {}

    @Override
    public void onGoAway(int lastStreamId, long errorCode, ByteBuf debug) {}

    @Override
    public void onFailed(Throwable cause, boolean sending) {
      heard.add("failed " + cause.getMessage());
    }

    @Override
    public void onClosed() {}
  }
}
