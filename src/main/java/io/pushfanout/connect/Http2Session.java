package io.pushfanout.connect;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.pushfanout.fanout.NodeConnection;
import io.pushfanout.fanout.QueuedMessage;
import io.pushfanout.model.StatusCode;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls on one channel, from its first byte to its last. What the node answers comes in through
 * {@link Answers}.
 *
 * <p>It goes OPENING → READY → LEAVING → DEAD and may skip any. LEAVING takes no more calls and
 * ends with the last that it has. The owner hears of each step, the engine of the end of each call,
 * both on the loop. Either may close the session from within; so a call leaves the table, and its
 * stream is closed (which makes room for another), before its end is told.
 */
final class Http2Session {
  private enum State {
    OPENING,
    READY,
    LEAVING,
    DEAD
  }

  private static final Logger log = LoggerFactory.getLogger(Http2Session.class);

  private final EventLoop loop;
  private final Requests requests;
  private final SessionOwner owner;
  private final NodeConnection.Listener engine;
  private final Codec codec;
  private final Calls calls;
  private final PingTimer pings;

  private State state = State.OPENING;
  private int concurrency;
  private int callsLeft;

  /** Why it leaves or has failed: the first reason, which is the one that tells something. */
  private @Nullable String reason;

  private boolean failed;

  Http2Session(
      EventLoop loop,
      Requests requests,
      ConnectOptions options,
      SessionOwner owner,
      NodeConnection.Listener engine) {
    this.loop = loop;
    this.requests = requests;
    this.owner = owner;
    this.engine = engine;
    callsLeft = options.callsPerConnection();
    calls = new Calls(loop, this::onExpired);
    codec = new CodecBuilder(this).build();
    pings = new PingTimer(loop, options.keepAlive(), this, codec);
  }

  /** What makes a channel this session's. */
  ChannelHandler handler() {
    return codec;
  }

  /** For the codec to tell what it reads; asked for once, while the codec is made. */
  Answers answers(Codec reader) {
    return new Answers(this, reader, calls, engine);
  }

  // ---- what the owner asks for

  boolean available() {
    return state == State.READY && !failed && callsLeft > 0 && codec.hasRoom();
  }

  void deliver(QueuedMessage message, long timeoutNanos) {
    long now = System.nanoTime();
    int streamId = codec.nextStreamId();
    var headers = requests.headers(message.payload().rpc(), timeoutNanos);
    ChannelFuture sent = codec.request(streamId, headers, Requests.message(message.payload()));
    calls.add(new Call(message, streamId, now, timeoutNanos, sent), now);
    pings.onCall(now);
    if (sent.cause() != null) {
      fail(sent.cause(), true);
    }
    if (--callsLeft == 0) {
      loop.execute(this::replace);
    }
  }

  private void replace() {
    codec.flush();
    leave("stream ids are used up", true);
    afterCalls();
  }

  void flush() {
    codec.flush();
  }

  /** Ends it at once: its calls complete with CANCELLED before this returns. */
  void close() {
    if (state == State.DEAD) {
      return;
    }
    end();
    calls.drain(
        call -> engine.onCompleted(call.message(), StatusCode.CANCELLED, "connection closed"));
  }

  boolean hasCalls() {
    return !calls.isEmpty();
  }

  // ---- what happens to the connection

  /** The node's SETTINGS, whether they change its limit or not. */
  void onSettings() {
    int limit = codec.concurrency();
    boolean changed = limit != concurrency;
    concurrency = limit;
    if (state == State.OPENING && limit > 0) {
      // One that takes no call at all is not connected yet.
      state = State.READY;
      owner.onReady(this, limit);
    } else if (state == State.READY && changed) {
      owner.onConcurrency(this, limit);
      onRoom();
    }
  }

  /** There may be room for calls where there was none. */
  void onRoom() {
    if (available()) {
      owner.onAvailable(this);
    }
  }

  void onRead() {
    pings.onRead();
  }

  /** No calls from now on; those in flight go on. */
  void leave(String why, boolean orderly) {
    if (state == State.OPENING || state == State.READY) {
      state = State.LEAVING;
      if (reason == null) {
        reason = why;
      }
      owner.onLeaving(this, reason, orderly);
    }
  }

  /** To follow the end of calls: others have room now, or the last of a leaving session is gone. */
  void afterCalls() {
    if (state == State.LEAVING && calls.isEmpty()) {
      end();
      owner.onGone(this);
    } else {
      onRoom();
    }
  }

  /**
   * Something is wrong with the connection. After a failed write the end comes a little later: it
   * may have been {@link #deliver} that wrote. After a failed read it comes at once, before
   * anything unsent can leave.
   */
  void fail(Throwable cause, boolean outbound) {
    if (state == State.DEAD || failed) {
      return;
    }
    failed = true;
    String why = PeerText.reason(cause);
    if (reason == null) {
      reason = why;
    }
    if (cause instanceof IOException || cause instanceof Http2Exception) {
      log.debug("{}: connection failed: {}", requests.node(), why);
    } else {
      log.warn("{}: connection given up after an unexpected error", requests.node(), cause);
    }
    if (outbound) {
      loop.execute(() -> die(why));
    } else {
      die(why);
    }
  }

  /** Ends it: calls that the node cannot have seen are given back, the others have failed. */
  void die(String lastWhy) {
    String why = reason == null ? lastWhy : reason;
    leave(why, false);
    if (state == State.DEAD) {
      return;
    }
    end();
    calls.drain(
        call -> {
          if (call.wasSent()) {
            engine.onCompleted(call.message(), StatusCode.UNAVAILABLE, why);
          } else {
            engine.onUnprocessed(call.message());
          }
        });
    owner.onGone(this);
  }

  /**
   * With calls in flight there is no GOAWAY: its flush would send requests that are about to be
   * given back as unsent.
   */
  private void end() {
    state = State.DEAD;
    pings.stop();
    calls.stop();
    if (calls.isEmpty()) {
      codec.sayGoodbyeAndClose();
    } else {
      codec.close();
    }
  }

  // ---- what happens to calls

  private void onExpired(List<Call> expired) {
    for (Call call : expired) {
      if (calls.remove(call.streamId()) != null) {
        codec.reset(call.streamId(), Http2Error.CANCEL);
        engine.onCompleted(call.message(), StatusCode.DEADLINE_EXCEEDED, "no answer in time");
      }
    }
    if (state != State.DEAD) {
      codec.flush();
      afterCalls();
    }
  }

  /** The codec refuses a frame of the call, or cannot send one. */
  void onCallError(Http2Exception.StreamException error) {
    Call call = calls.remove(error.streamId());
    if (call == null) {
      // An ended call: frames of it may still come, and unsent ones are dropped. To reset it again
      // would look like abuse to servers that count resets.
      return;
    }
    codec.reset(error.streamId(), error.error());
    engine.onCompleted(call.message(), StatusCode.INTERNAL, PeerText.reason(error));
    afterCalls();
  }
}
