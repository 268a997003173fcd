package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.pushfanout.concurrent.LogLimit;
import io.pushfanout.delivery.DeadlineTimer;
import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.http2.ClientConnection;
import io.pushfanout.http2.ClientStream;
import io.pushfanout.http2.ConnectionListener;
import io.pushfanout.http2.WriteBuffers;
import io.pushfanout.model.Payload;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.QueuedMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session with the calls and streams on one channel, from its first byte to its last. Each {@link
 * GrpcCall} receives the node's answer to it.
 *
 * <p>A session goes OPENING → READY → LEAVING → DEAD and may skip any. LEAVING takes no more calls
 * and ends with the last call. The owner is notified of each step, the engine of the end of each
 * call, both on the loop. Either may close the session from within; so a call's stream is closed
 * (which makes room for another) before its end is reported.
 *
 * <p>Any exception in a step, an Error too, ends the session; its calls are given back or fail, and
 * none stays in flight. A request to the {@link ClientConnection} hands over the stream; all code
 * that might throw comes before.
 */
final class Http2Session implements ConnectionListener {
  private enum State {
    OPENING,
    READY,
    LEAVING,
    DEAD
  }

  private static final byte[][] NOTHING = {};

  /**
   * Most bytes of headers: room for the stack traces that nodes put into {@code grpc-message} and
   * its details.
   */
  private static final int MAX_HEADER_LIST_BYTES = 64 << 10;

  private static final Logger log = LoggerFactory.getLogger(Http2Session.class);
  private static final LogLimit UNEXPECTED = new LogLimit(10, System::nanoTime);

  private final EventLoop loop;
  private final RequestHeadersFactory requests;
  private final SessionOwner owner;
  private final NodeConnection.Listener engine;
  private final ClientConnection connection;
  private final DeadlineTimer deadlines;
  private final KeepAliveTimer pings;

  private State state = State.OPENING;
  private int concurrency;
  private int callsLeft;

  /**
   * Start of the first call since the last flush in nanoseconds, which is near enough for the
   * others.
   */
  private long batchNanos;

  private boolean batching;

  /** First reason to leave or to fail; later reasons explain less. */
  private @Nullable String reason;

  private boolean failed;

  /** Whether the node has answered a call of this session, or promised to. */
  private boolean answered;

  /** Whether this side replaces the session by another. */
  private boolean replacedHere;

  Http2Session(
      EventLoop loop,
      RequestHeadersFactory requests,
      ConnectOptions options,
      SessionOwner owner,
      NodeConnection.Listener engine) {
    this.loop = loop;
    this.requests = requests;
    this.owner = owner;
    this.engine = engine;
    callsLeft = options.callsPerConnection();
    deadlines = new DeadlineTimer(loop, guarded(this::onDue));
    connection =
        new ClientConnection(
            this, MAX_HEADER_LIST_BYTES, options.remembersHeaders(), WriteBuffers.PROCESS);
    pings = new KeepAliveTimer(loop, options.keepAlive(), this, connection);
  }

  /** Returns the handler that makes a channel this session's. */
  ChannelHandler handler() {
    return connection.handler();
  }

  // ---- methods for the owner

  boolean available() {
    return state == State.READY && !failed && callsLeft > 0 && connection.canOpenStream();
  }

  void deliver(QueuedMessage message, long timeoutNanos) {
    if (!batching) {
      batching = true;
      batchNanos = nanoTime();
      pings.onCall(batchNanos);
    }
    Payload payload = message.payload();
    UnaryCall call = new UnaryCall(this, message, batchNanos, timeoutNanos);
    Http2Headers headers = requests.headers(payload.rpc(), payload.via(), timeoutNanos);
    byte[][] body = RequestHeadersFactory.body(payload);
    deadlines.add(timeoutNanos, batchNanos);
    beforeOpening();
    connection.open(call, headers, body, true);
  }

  GrpcNodeStream openStream(NodeStream.Listener listener) {
    GrpcNodeStream stream = new GrpcNodeStream(this, listener);
    beforeOpening();
    connection.open(stream, requests.streamHeaders(), NOTHING, false);
    return stream;
  }

  private void beforeOpening() {
    if (--callsLeft == 0) {
      later(() -> replace("stream ids are used up"));
    }
  }

  /** Takes no calls from now on, and ends in good order with the last call. */
  void replace(String why) {
    connection.flush();
    replacedHere = true;
    leave(why, true);
    afterCalls();
  }

  /**
   * Sends a PING after news of the node: a silent connection may lead to a machine that is gone.
   */
  void checkLiveness() {
    if (state == State.READY) {
      pings.urgent(isAwaiting());
    }
  }

  /** Resets the calls in flight and adds their messages; the engine does not receive their end. */
  void reset(List<QueuedMessage> messages) {
    for (ClientStream stream : connection.streams()) {
      if (state != State.DEAD
          && stream instanceof UnaryCall call
          && connection.reset(call, Http2Error.CANCEL)) {
        messages.add(call.message());
      }
    }
    later(this::afterCalls);
  }

  void flush() {
    batching = false;
    connection.flush();
  }

  /** Ends the session at once: its calls complete with CANCELLED before this returns. */
  void close() {
    if (state == State.DEAD) {
      return;
    }
    end();
    endAll(exchange -> exchange.end(Evidence.NONE, StatusCode.CANCELLED, "connection closed"));
  }

  /**
   * Ends all calls. An exception from the listener of one call does not keep another from its end.
   */
  private void endAll(Consumer<GrpcCall> how) {
    connection.drain(stream -> safely(() -> how.accept((GrpcCall) stream)));
  }

  private void safely(Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      log.error("{}: a step of the connection's end failed", requests.node(), e);
    }
  }

  /** Returns the same step, guarded: an exception ends the session. */
  Runnable guarded(Runnable step) {
    return () -> {
      try {
        step.run();
      } catch (Throwable e) {
        onFailed(e, false);
      }
    };
  }

  /** Returns whether the node owes any answer. */
  boolean isAwaiting() {
    return connection.streams().stream().anyMatch(stream -> ((GrpcCall) stream).isAwaited());
  }

  // ---- methods for calls and streams

  /** Returns whether sent bytes may still arrive. */
  boolean isAlive() {
    return state != State.DEAD && !failed;
  }

  /** Returns the bytes of a stream's body that would leave at once. */
  int room(GrpcNodeStream stream) {
    return isAlive() ? connection.room(stream) : 0;
  }

  void send(GrpcNodeStream stream, byte[][] pieces, boolean end) {
    pings.onCall(nanoTime());
    connection.send(stream, pieces, end);
  }

  void reset(GrpcCall stream, Http2Error error) {
    if (state != State.DEAD && connection.reset(stream, error)) {
      later(this::afterCalls);
    }
  }

  /** Returns the time of the loop's clock, which its timers run by. */
  long nanoTime() {
    return loop.ticker().nanoTime();
  }

  void later(Runnable task) {
    loop.execute(guarded(task));
  }

  // ---- events of the connection

  @Override
  public void onSettings() {
    int limit = connection.maxStreams();
    boolean changed = limit != concurrency;
    concurrency = limit;
    if (state == State.OPENING && limit > 0) {
      // A node that takes no call at all is not connected yet.
      state = State.READY;
      owner.onReady(this, limit);
    } else if (state == State.READY && changed) {
      owner.onConcurrency(this, limit);
      onRoom();
    }
  }

  @Override
  public void onRoom() {
    if (available()) {
      owner.onAvailable(this);
    }
  }

  @Override
  public void onRead() {
    pings.onRead();
  }

  /** Takes no calls from now on; calls in flight go on. */
  void leave(String why, boolean orderly) {
    if (state == State.OPENING || state == State.READY) {
      state = State.LEAVING;
      if (reason == null) {
        reason = why;
      }
      owner.onLeaving(this, reason, orderly);
    }
  }

  /**
   * Follows the end of calls: others have room now, or a leaving session has lost its last call.
   */
  void afterCalls() {
    if (state == State.LEAVING && connection.isIdle()) {
      end();
      owner.onGone(this);
    } else {
      onRoom();
    }
  }

  /**
   * Ends the session on an error. After a failed write the end comes a little later, because {@link
   * #deliver} may have written. After a failed read the end comes at once, before anything unsent
   * can leave.
   */
  @Override
  public void onFailed(Throwable cause, boolean sending) {
    if (state == State.DEAD || failed) {
      return;
    }
    failed = true;
    String why = PeerMessage.reason(cause);
    if (reason == null) {
      reason = why;
    }
    if (cause instanceof IOException
        || cause instanceof Http2Exception
        || cause instanceof OutOfMemoryError) {
      log.debug("{}: connection failed: {}", requests.node(), why);
    } else {
      UNEXPECTED.write(
          note ->
              log.warn(
                  "{}: connection given up after an unexpected error{}",
                  requests.node(),
                  note,
                  cause));
    }
    if (sending) {
      loop.execute(() -> die(why));
    } else {
      die(why);
    }
  }

  /** Ends the session: calls that the node cannot have seen are given back, the others fail. */
  void die(String lastWhy) {
    die(lastWhy, false);
  }

  private void die(String lastWhy, boolean orderly) {
    String why = reason == null ? lastWhy : reason;
    safely(() -> leave(why, orderly));
    if (state == State.DEAD) {
      return;
    }
    end();
    endAll(
        exchange -> {
          if (connection.wasSent(exchange)) {
            exchange.end(Evidence.NONE, StatusCode.UNAVAILABLE, why);
          } else {
            exchange.endUnseen(Evidence.NONE);
          }
        });
    owner.onGone(this);
  }

  /**
   * Closes the connection. A session with calls in flight sends no GOAWAY: its flush would send
   * requests that are about to be given back as unsent.
   */
  private void end() {
    state = State.DEAD;
    pings.stop();
    deadlines.stop();
    if (connection.isIdle()) {
      connection.closeGracefully();
    } else {
      connection.close();
    }
  }

  @Override
  public void onClosed() {
    // A connection without a pending answer has only come to its end.
    die("the node closed the connection", answered && !failed && !isAwaiting());
  }

  /**
   * Handles a GOAWAY. It may come twice: a graceful one that names the highest id there is, and
   * later one with the last call that the node will answer.
   */
  @Override
  public void onGoAway(int lastStreamId, long errorCode, ByteBuf debug) {
    String text = PeerMessage.line(debug.toString(StandardCharsets.UTF_8));
    boolean orderly = errorCode == Http2Error.NO_ERROR.code();
    // A node may reach a limit of requests before its first answer; it answers the calls that it
    // keeps.
    answered |= orderly && connection.hasStreamUpTo(lastStreamId);
    leave(whyGoAway(errorCode, text), orderly);
    afterCalls();
  }

  /**
   * Returns the reason of a GOAWAY. A GOAWAY without an error is routine, such as a connection's
   * greatest age, and is to read so.
   */
  private static String whyGoAway(long errorCode, String debug) {
    if (errorCode == Http2Error.NO_ERROR.code()) {
      String routine = "the node asks for a new connection in place of this one";
      return debug.isEmpty() ? routine : routine + ": " + debug;
    }
    String error = "the node is going away: " + StatusMapping.nameOf(errorCode);
    return debug.isEmpty() ? error : error + " " + debug;
  }

  // ---- events of calls

  void refusedLoop() {
    engine.onLoop();
  }

  void ended(UnaryCall call, Evidence evidence, StatusCode code, String detail) {
    engine.onCompleted(call.message(), evidence, code, detail);
  }

  void endedUnseen(UnaryCall call, Evidence evidence) {
    engine.onUnprocessed(call.message(), evidence);
  }

  /** Records that the node has begun to answer a call or stream. */
  void onAnswer() {
    answered = true;
  }

  /**
   * Returns whether the node has answered on the connection, or only this side wants another in its
   * place.
   */
  boolean hasServed() {
    return answered || replacedHere;
  }

  private void onDue() {
    long now = nanoTime();
    for (ClientStream stream : connection.streams()) {
      if (state == State.DEAD) {
        return;
      }
      if (!(stream instanceof UnaryCall call)) {
        continue;
      }
      long left = call.nanosLeft(now);
      if (left > 0) {
        deadlines.add(left, now);
      } else if (connection.reset(call, Http2Error.CANCEL)) {
        engine.onCompleted(
            call.message(), Evidence.NONE, StatusCode.DEADLINE_EXCEEDED, "no answer in time");
      }
    }
    if (state != State.DEAD) {
      connection.flush();
      afterCalls();
    }
  }
}
