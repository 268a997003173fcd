package io.pushfanout.connect;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.pushfanout.delivery.DeadlineTimer;
import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.InterestStream;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.http2.Body;
import io.pushfanout.http2.ClientConnection;
import io.pushfanout.http2.ClientStream;
import io.pushfanout.http2.LiteralFields;
import io.pushfanout.model.MessageMetadata;
import io.pushfanout.model.Payload;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.QueuedMessage;
import java.util.List;

/**
 * A session of calls and streams on one channel: starts them, watches their deadlines, and serves
 * the open ones. Each {@link GrpcCall} receives the node's answer to it, and the {@link
 * SessionLifecycle} decides when the session begins and ends.
 *
 * <p>A call's stream is closed, which makes room for another, before its end is reported. A request
 * to the {@link ClientConnection} hands over the stream; all code that might throw comes before.
 */
final class Http2Session {
  /** The owner of sessions, which receives their events; none follows after it has closed one. */
  interface Owner {
    /** The node takes calls, {@code concurrency} at a time. */
    void onReady(Http2Session session, int concurrency);

    /** The node allows another number of calls at a time. */
    void onConcurrency(Http2Session session, int concurrency);

    /** Calls can be started again. */
    void onAvailable(Http2Session session);

    /**
     * The session takes no more calls, or never will. Called once.
     *
     * @param orderly whether nothing is wrong with the session, and another is to take its place
     */
    void onDraining(Http2Session session, String why, boolean orderly);

    /** The session's last call has ended, and the session is closed. */
    void onClosed(Http2Session session);
  }

  private static final LiteralFields OWN_FIELDS = new LiteralFields(MessageMetadata.keys());

  private final EventLoop loop;
  private final RequestHeadersFactory requests;
  private final Owner owner;
  private final NodeConnection.Listener engine;
  private final SessionLifecycle lifecycle;
  private final ClientConnection connection;
  private final KeepAliveTimer keepAlive;
  private final DeadlineTimer deadlines;
  private final ReplyCache replies = new ReplyCache();

  /** Calls that may still start; 0 unless the session is ready. */
  private int callsLeft;

  /**
   * Start of the first call since the last flush in nanoseconds, which is near enough for the
   * others.
   */
  private long batchNanos;

  private boolean batching;

  /** Whether the node has answered a call or promised to, or only this side ends the session. */
  private boolean served;

  Http2Session(
      EventLoop loop,
      RequestHeadersFactory requests,
      NettyConnector.Options options,
      Owner owner,
      NodeConnection.Listener engine) {
    this.loop = loop;
    this.requests = requests;
    this.owner = owner;
    this.engine = engine;
    lifecycle = new SessionLifecycle(this, requests.node(), loop, options, owner);
    connection = lifecycle.connection();
    keepAlive = lifecycle.keepAlive();
    deadlines = new DeadlineTimer(loop, lifecycle.guarded(this::onDue));
  }

  SessionLifecycle lifecycle() {
    return lifecycle;
  }

  /** Returns the handler that makes a channel this session's. */
  ChannelHandler handler() {
    return connection.handler();
  }

  // ---- methods for the owner

  boolean available() {
    return callsLeft > 0 && connection.canOpenStream();
  }

  void deliver(QueuedMessage message, long timeoutNanos) {
    if (!batching) {
      batching = true;
      batchNanos = nanoTime();
      keepAlive.onCall(batchNanos);
    }
    Payload payload = message.payload();
    UnaryCall call = new UnaryCall(this, message, batchNanos, timeoutNanos);
    Http2Headers headers = requests.headers(payload.rpc(), payload.via(), timeoutNanos);
    deadlines.add(timeoutNanos, batchNanos);
    beforeOpening();
    MessageMetadata own = payload.metadata();
    if (own == null) {
      connection.open(call, headers);
    } else {
      connection.open(call, headers, OWN_FIELDS, own.values());
    }
    connection.send(call, new UnaryRequest(message), true);
  }

  GrpcNodeStream openStream(NodeStream.Listener listener) {
    GrpcNodeStream stream = new GrpcNodeStream(this, listener);
    beforeOpening();
    connection.open(stream, requests.streamHeaders());
    return stream;
  }

  GrpcInterestStream openInterest(InterestStream.Listener listener) {
    GrpcInterestStream stream = new GrpcInterestStream(this, listener);
    beforeOpening();
    connection.open(stream, requests.interestHeaders());
    return stream;
  }

  private void beforeOpening() {
    if (--callsLeft == 0) {
      later(() -> lifecycle.replace("stream ids are used up"));
    }
  }

  void flush() {
    batching = false;
    connection.flush();
  }

  /**
   * Sends a PING after news of the node: a silent connection may lead to a machine that is gone.
   */
  void checkLiveness() {
    keepAlive.urgent(lifecycle.isAwaiting());
  }

  /** Resets the calls in flight and adds their messages; the engine does not receive their end. */
  void reset(List<QueuedMessage> messages) {
    for (ClientStream stream : connection.streams()) {
      if (stream instanceof UnaryCall call && connection.reset(call, Http2Error.CANCEL)) {
        messages.add(call.message());
      }
    }
    later(this::afterCalls);
  }

  // ---- methods for calls and streams

  NodeConnection.Listener engine() {
    return engine;
  }

  ReplyCache replies() {
    return replies;
  }

  /** Returns the bytes of a stream's body that would leave at once. */
  int room(GrpcCall stream) {
    return connection.room(stream);
  }

  void send(GrpcCall stream, Body more, boolean end) {
    keepAlive.onCall(nanoTime());
    connection.send(stream, more, end);
  }

  void reset(GrpcCall stream, Http2Error error) {
    if (connection.reset(stream, error)) {
      later(this::afterCalls);
    }
  }

  /** Records that the node has begun to answer, or that nothing but this side ends the session. */
  void onServed() {
    served = true;
  }

  boolean hasServed() {
    return served;
  }

  /**
   * Follows the end of calls: others have room now, or a draining session has lost its last call.
   */
  void afterCalls() {
    if (connection.isIdle()) {
      lifecycle.closeIfDrained();
    }
    onRoom();
  }

  void onRoom() {
    if (available()) {
      owner.onAvailable(this);
    }
  }

  /** Returns the time of the loop's clock, which its timers run by. */
  long nanoTime() {
    return loop.ticker().nanoTime();
  }

  void later(Runnable task) {
    loop.execute(lifecycle.guarded(task));
  }

  private void onDue() {
    long now = nanoTime();
    for (ClientStream stream : connection.streams()) {
      if (lifecycle.isClosed()) {
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
    connection.flush();
    afterCalls();
  }

  // ---- steps of the life cycle

  void mayStart(int calls) {
    callsLeft = calls;
  }

  void stopDeadlines() {
    deadlines.stop();
  }
}
