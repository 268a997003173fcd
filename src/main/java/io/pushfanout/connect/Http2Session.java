package io.pushfanout.connect;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.pushfanout.fanout.NodeConnection;
import io.pushfanout.fanout.QueuedMessage;
import io.pushfanout.model.StatusCode;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls on one channel, from the first byte to the last. What the node answers comes in through
 * {@link Answers}.
 *
 * <p>It goes OPENING → READY → LEAVING → DEAD and may skip any. LEAVING takes no more calls and
 * ends with the last that it has. The owner hears of each step, the engine of the end of each call,
 * both on the loop. Either may close the session from within; so a call leaves the table, and its
 * stream is closed (which makes room for another), before its end is told.
 */
final class Http2Session extends Http2ConnectionHandler {
  /** What the owner of sessions hears; nothing after it has closed the session. */
  interface Owner {
    /** The node takes calls, so many at a time. */
    void onReady(Http2Session session, int concurrency);

    /** The node allows another number of calls at a time. */
    void onConcurrency(Http2Session session, int concurrency);

    /** Calls can be started again. */
    void onAvailable(Http2Session session);

    /**
     * Told once: it takes no more calls, or never will.
     *
     * @param orderly whether the connection works, and another is to take its place
     */
    void onLeaving(Http2Session session, String why, boolean orderly);

    /** Its last call has ended, and it is closed. */
    void onGone(Http2Session session);
  }

  private enum State {
    OPENING,
    READY,
    LEAVING,
    DEAD
  }

  private static final Logger log = LoggerFactory.getLogger(Http2Session.class);

  private final EventLoop loop;
  private final Requests requests;
  private final Owner owner;
  private final NodeConnection.Listener engine;
  private final Calls calls;
  private final PingTimer pings;
  private int callsLeft;
  private int concurrency;

  private State state = State.OPENING;
  private @Nullable ChannelHandlerContext context;
  private @Nullable String leftWhy;
  private @Nullable String failure;
  private boolean reading;

  /** Made by {@link Http2SessionBuilder}. */
  Http2Session(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      EventLoop loop,
      Requests requests,
      ConnectOptions options,
      Owner owner,
      NodeConnection.Listener engine) {
    super(decoder, encoder, settings, true);
    this.loop = loop;
    this.requests = requests;
    this.owner = owner;
    this.engine = engine;
    calls = new Calls(loop, this::onExpired);
    pings = new PingTimer(loop, options.keepAlive(), this);
    callsLeft = options.callsPerConnection();
    decoder.frameListener(new Answers(this, calls, engine));
  }

  // ---- what the owner asks for

  boolean available() {
    return state == State.READY
        && failure == null
        && callsLeft > 0
        && connection().local().canOpenStream()
        && context().channel().isWritable();
  }

  void deliver(QueuedMessage message, long timeoutNanos) {
    ChannelHandlerContext ctx = context();
    long now = System.nanoTime();
    int streamId = connection().local().incrementAndGetNextStreamId();
    var fields = requests.headers(message.payload().rpc(), timeoutNanos);
    ChannelFuture headers =
        encoder().writeHeaders(ctx, streamId, fields, 0, false, ctx.newPromise());
    calls.add(new Call(message, streamId, now, timeoutNanos, headers), now);
    encoder()
        .writeData(ctx, streamId, Requests.message(message.payload()), 0, true, ctx.newPromise());
    pings.onCall(now);
    if (headers.cause() != null) {
      fail(headers.cause(), true);
    }
    if (--callsLeft == 0) {
      loop.execute(
          () -> {
            flush();
            leave("stream ids are used up", true);
            closeIfDone();
          });
    }
  }

  /** While bytes are being read, the end of the reading flushes: one write for many answers. */
  void flush() {
    if (!reading) {
      flush(context());
    }
  }

  /** Ends it at once: its calls complete with CANCELLED before this returns. */
  void close() {
    State was = state;
    state = State.DEAD;
    if (was != State.DEAD) {
      closeChannel();
      Call call;
      while ((call = calls.poll()) != null) {
        engine.onCompleted(call.message(), StatusCode.CANCELLED, "the connection was closed");
      }
    }
  }

  // ---- what happens to the connection

  /** The node's SETTINGS, whether they change its limit or not. */
  void onSettings(int limit) {
    boolean changed = limit != concurrency;
    concurrency = limit;
    if (state == State.OPENING && limit > 0) {
      // One that takes no call at all is not connected yet.
      state = State.READY;
      owner.onReady(this, limit);
    } else if (state == State.READY && changed) {
      owner.onConcurrency(this, limit);
      if (available()) {
        owner.onAvailable(this);
      }
    }
  }

  /** No calls from now on; those in flight go on. */
  void leave(String why, boolean orderly) {
    if (state == State.OPENING || state == State.READY) {
      state = State.LEAVING;
      leftWhy = why;
      owner.onLeaving(this, why, orderly);
    }
  }

  void closeIfDone() {
    if (state == State.LEAVING && calls.isEmpty()) {
      state = State.DEAD;
      closeChannel();
      owner.onGone(this);
    }
  }

  /**
   * Something is wrong with the connection. After a failed write the end comes a little later: it
   * may have been {@link #deliver} that wrote. After a failed read it comes at once, before
   * anything unsent can leave.
   */
  private void fail(Throwable cause, boolean outbound) {
    if (state == State.DEAD || failure != null) {
      return;
    }
    String why = PeerText.reason(cause);
    if (cause instanceof IOException || cause instanceof Http2Exception) {
      log.debug("{}: {}", context().channel(), why);
    } else {
      log.warn("{}: connection given up after an unexpected error", context().channel(), cause);
    }
    failure = why;
    if (outbound) {
      loop.execute(() -> die(why));
    } else {
      die(why);
    }
  }

  void die(String lastWhy) {
    // After a GOAWAY it is the GOAWAY that tells something.
    String why = leftWhy == null ? lastWhy : leftWhy;
    leave(why, false);
    if (state == State.DEAD) {
      return;
    }
    state = State.DEAD;
    closeChannel();
    Call call;
    while ((call = calls.poll()) != null) {
      if (call.wasSent()) {
        engine.onCompleted(call.message(), StatusCode.UNAVAILABLE, why);
      } else {
        engine.onUnprocessed(call.message());
      }
    }
    owner.onGone(this);
  }

  /**
   * With calls in flight there is no GOAWAY: its flush would send requests that are about to be
   * given back as unsent.
   */
  private void closeChannel() {
    pings.stop();
    calls.stop();
    if (context == null) {
      return;
    }
    if (calls.isEmpty() && context.channel().isActive()) {
      goAway(context, 0, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, context.newPromise());
      context.flush();
    }
    context.close();
  }

  private void onExpired(List<Call> expired) {
    for (Call call : expired) {
      if (calls.remove(call.streamId()) != null) {
        reset(call.streamId(), Http2Error.CANCEL);
        engine.onCompleted(call.message(), StatusCode.DEADLINE_EXCEEDED, "no answer in time");
      }
    }
    if (state != State.DEAD) {
      flush();
      closeIfDone();
    }
  }

  /** Resets a stream and closes it at once, which drops what of it is still unsent. */
  void reset(int streamId, Http2Error error) {
    ChannelHandlerContext ctx = context();
    encoder().writeRstStream(ctx, streamId, error.code(), ctx.newPromise());
    Http2Stream stream = connection().stream(streamId);
    if (stream != null) {
      stream.close();
    }
  }

  boolean hasCalls() {
    return !calls.isEmpty();
  }

  ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not on a channel");
    }
    return context;
  }

  // ---- what Netty tells

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
    if (state == State.DEAD) {
      ctx.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
    reading = true;
    pings.onRead();
    super.channelRead(ctx, bytes);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    reading = false;
    super.channelReadComplete(ctx);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    super.channelWritabilityChanged(ctx);
    if (available()) {
      owner.onAvailable(this);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    die(failure == null ? "the node closed the connection" : failure);
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(cause, false);
  }

  /** Netty's own way is a GOAWAY and up to 30 s of grace; here another connection takes over. */
  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception http2) {
    fail(http2 == null ? cause : http2, outbound);
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    if (!connection().local().mayHaveCreatedStream(error.streamId())) {
      super.onStreamError(ctx, outbound, cause, error);
      return;
    }
    Call call = calls.remove(error.streamId());
    if (call == null) {
      // An ended call: frames of it may still come, and unsent ones are dropped. To reset it again
      // would look like abuse to servers that count resets.
      return;
    }
    reset(error.streamId(), error.error());
    engine.onCompleted(call.message(), StatusCode.INTERNAL, PeerText.reason(error));
    closeIfDone();
  }
}
