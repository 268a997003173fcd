package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Requests written as frames and their answers read, 50 at a time, without a socket below and
 * without the engine above.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FramingBenchmark {
  private static final int CALLS = 50;
  private static final int MAX_HEADERS = 8192;
  private static final byte DATA = 0;
  private static final byte HEADERS = 1;
  private static final byte SETTINGS = 4;

  /** HPACK without its tables: ":status: 200" of the static one, and a literal. */
  private static final byte[] ANSWER = literal(new byte[] {(byte) 0x88}, "content-type", "grpc");

  private static final byte[] TRAILERS = literal(new byte[0], "grpc-status", "0");
  private static final byte[] REPLY = {0, 0, 0, 0, 7, 0x0a, 1, '0', 0x12, 2, 'O', 'K'};

  private final Http2Headers headers =
      new DefaultHttp2Headers()
          .method("POST")
          .scheme("http")
          .path("/protocol.PushServer/Broadcast")
          .authority("127.0.0.1:50052")
          .add("te", "trailers")
          .add("content-type", "application/grpc");
  private final Body body = Body.of(new byte[105]);

  /** Whether repeated header blocks are cached. */
  @Param({"true", "false"})
  public boolean remembersHeaders;

  private ClientConnection connection =
      new ClientConnection(new Silent(), MAX_HEADERS, true, WriteBuffers.PROCESS);
  private EmbeddedChannel channel = new EmbeddedChannel();
  private int answered;

  private static byte[] literal(byte[] before, String name, String value) {
    ByteBuf block = Unpooled.buffer();
    block.writeBytes(before);
    block.writeByte(0);
    block.writeByte(name.length());
    block.writeCharSequence(name, StandardCharsets.US_ASCII);
    block.writeByte(value.length());
    block.writeCharSequence(value, StandardCharsets.US_ASCII);
    byte[] bytes = new byte[block.readableBytes()];
    block.readBytes(bytes);
    return bytes;
  }

  @Setup
  public void connect() {
    connection =
        new ClientConnection(new Silent(), MAX_HEADERS, remembersHeaders, WriteBuffers.PROCESS);
    channel = new EmbeddedChannel(connection.handler());
    ByteBuf settings = channel.alloc().directBuffer();
    Frames.header(settings, 0, SETTINGS, Frames.NO_FLAGS, 0);
    channel.writeInbound(settings);
    discardOutput();
  }

  @TearDown
  public void close() {
    boolean _ = channel.finishAndReleaseAll();
  }

  @Benchmark
  @OperationsPerInvocation(CALLS)
  public int unaryCall() {
    int before = answered;
    ByteBuf answers = channel.alloc().directBuffer(8192);
    for (int i = 0; i < CALLS; i++) {
      Call call = new Call();
      connection.open(call, headers);
      connection.send(call, body, true);
      Frames.header(answers, ANSWER.length, HEADERS, Frames.END_HEADERS, call.id());
      answers.writeBytes(ANSWER);
      Frames.header(answers, REPLY.length, DATA, Frames.NO_FLAGS, call.id());
      answers.writeBytes(REPLY);
      Frames.header(
          answers, TRAILERS.length, HEADERS, Frames.END_HEADERS | Frames.END_STREAM, call.id());
      answers.writeBytes(TRAILERS);
    }
    connection.flush();
    channel.writeInbound(answers);
    discardOutput();
    if (answered - before != CALLS) {
      throw new IllegalStateException("answered: " + (answered - before));
    }
    // Flow control is the peer's part: it gives back what the bodies took.
    grant(CALLS * 105);
    return answered;
  }

  private void grant(int bytes) {
    ByteBuf update = channel.alloc().directBuffer();
    Frames.windowUpdate(update, 0, bytes);
    channel.writeInbound(update);
  }

  private void discardOutput() {
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      out.release();
    }
  }

  private final class Call extends ClientStream {
    @Override
    protected void onHeaders(Http2Headers answer, boolean end) {
      if (end) {
        answered++;
      }
    }

    @Override
    protected void onData(ByteBuf data, boolean end) {
      // The reply is not read.
    }

    @Override
    protected void onReset(long errorCode) {
      throw new IllegalStateException("reset: " + errorCode);
    }

    @Override
    protected void onUnprocessed(boolean refused) {
      throw new IllegalStateException("unprocessed");
    }

    @Override
    protected void onError(Http2Exception error) {
      throw new IllegalStateException(error);
    }
  }

  private static final class Silent implements ConnectionListener {
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
      throw new IllegalStateException(cause);
    }

    @Override
    public void onClosed() {}
  }
}
