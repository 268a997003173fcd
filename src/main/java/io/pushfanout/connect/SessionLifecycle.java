package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.pushfanout.concurrent.LogLimit;
import io.pushfanout.delivery.Evidence;
import io.pushfanout.http2.ClientConnection;
import io.pushfanout.http2.ConnectionListener;
import io.pushfanout.http2.WriteBuffers;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.StatusCode;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life cycle of a session on one channel, from its first byte to its last. The owner is
 * notified of each step once, except by {@link #close}, and the engine of the end of each call.
 * Either may close the session from within.
 *
 * <p>Any exception in a step, an Error too, ends the session; its calls are given back or fail, and
 * none stays in flight.
 */
final class SessionLifecycle implements ConnectionListener {
  private enum State {
    /** The node has not announced that it takes calls. */
    CONNECTING,
    READY,
    /** No call starts any more; the session ends with the last one. */
    DRAINING,
    CLOSED
  }

  /**
   * Most bytes of headers: room for the stack traces that nodes put into {@code grpc-message} and
   * its details.
   */
  private static final int MAX_HEADER_LIST_BYTES = 64 << 10;

  private static final Logger log = LoggerFactory.getLogger(SessionLifecycle.class);
  private static final LogLimit UNEXPECTED = new LogLimit(10, System::nanoTime);

  private final Http2Session session;
  private final NodeAddress node;
  private final EventLoop loop;
  private final Http2Session.Owner owner;
  private final ClientConnection connection;
  private final KeepAliveTimer keepAlive;
  private final int callsPerConnection;

  private State state = State.CONNECTING;
  private int concurrency;

  /** First reason to drain or to fail; later reasons explain less. */
  private @Nullable String reason;

  SessionLifecycle(
      Http2Session session,
      NodeAddress node,
      EventLoop loop,
      NettyConnector.Options options,
      Http2Session.Owner owner) {
    this.session = session;
    this.node = node;
    this.loop = loop;
    this.owner = owner;
    callsPerConnection = options.callsPerConnection();
    connection =
        new ClientConnection(
            this, MAX_HEADER_LIST_BYTES, options.cachesHeaders(), WriteBuffers.PROCESS);
    keepAlive = new KeepAliveTimer(loop, options.keepAlive(), this, connection);
  }

  ClientConnection connection() {
    return connection;
  }

  KeepAliveTimer keepAlive() {
    return keepAlive;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  /** Returns whether the node owes any answer. */
  boolean isAwaiting() {
    return connection.streams().stream().anyMatch(stream -> ((GrpcCall) stream).isAwaited());
  }

  // ---- the peer's frames

  @Override
  public void onRead() {
    keepAlive.onRead();
  }

  @Override
  public void onSettings() {
    int limit = connection.maxStreams();
    boolean changed = limit != concurrency;
    concurrency = limit;
    if (state == State.CONNECTING && limit > 0) {
      // A node that takes no call at all is not connected yet.
      state = State.READY;
      session.mayStart(callsPerConnection);
      owner.onReady(session, limit);
    } else if (state == State.READY && changed) {
      owner.onConcurrency(session, limit);
      onRoom();
    }
  }

  @Override
  public void onRoom() {
    session.onRoom();
  }

  /**
   * Handles a GOAWAY. It may come twice: a graceful one that names the highest id there is, and
   * later one with the last call that the node will answer.
   */
  @Override
  public void onGoAway(int lastStreamId, long errorCode, ByteBuf debug) {
    boolean orderly = errorCode == Http2Error.NO_ERROR.code();
    if (orderly && connection.hasStreamUpTo(lastStreamId)) {
      // A node may reach a limit of requests before its first answer; it answers the calls that it
      // keeps.
      session.onServed();
    }
    drain(PeerMessage.goAway(errorCode, debug), orderly);
    closeIfDrained();
  }

  // ---- an end in good order

  /** Takes no calls from now on, and ends in good order with the last call. */
  void replace(String why) {
    connection.flush();
    session.onServed();
    drain(why, true);
    closeIfDrained();
  }

  private void drain(String why, boolean orderly) {
    if (state == State.CONNECTING || state == State.READY) {
      state = State.DRAINING;
      session.mayStart(0);
      if (reason == null) {
        reason = why;
      }
      owner.onDraining(session, reason, orderly);
    }
  }

  /** Closes a draining session that has lost its last call. */
  void closeIfDrained() {
    if (state == State.DRAINING && connection.isIdle()) {
      closeConnection();
      owner.onClosed(session);
    }
  }

  // ---- an end at once

  /** Ends the session at once: its calls complete with CANCELLED before this returns. */
  void close() {
    if (state != State.CLOSED) {
      closeConnection();
      endCalls(call -> call.end(Evidence.NONE, StatusCode.CANCELLED, "connection closed"));
    }
  }

  @Override
  public void onClosed() {
    // A connection without a pending answer has only come to its end.
    boolean orderly = session.hasServed() && !connection.isOver() && !isAwaiting();
    abort("the node closed the connection", orderly);
  }

  /**
   * Ends the session on an error. After a failed write the end comes a little later, because {@link
   * Http2Session#deliver} may have written. After a failed read the end comes at once, before
   * anything unsent can leave.
   */
  @Override
  public void onFailed(Throwable cause, boolean sending) {
    if (state == State.CLOSED) {
      return;
    }
    String why = PeerMessage.reason(cause);
    if (reason == null) {
      reason = why;
    }
    if (cause instanceof IOException
        || cause instanceof Http2Exception
        || cause instanceof OutOfMemoryError) {
      log.debug("{}: connection failed: {}", node, why);
    } else {
      UNEXPECTED.write(
          note ->
              log.warn("{}: connection given up after an unexpected error{}", node, note, cause));
    }
    if (sending) {
      loop.execute(() -> abort(why, false));
    } else {
      abort(why, false);
    }
  }

  /**
   * Ends the session: calls that the node cannot have seen are given back, the others fail.
   *
   * @param orderly whether nothing is wrong with the session
   */
  void abort(String lastWhy, boolean orderly) {
    String why = reason == null ? lastWhy : reason;
    safely(() -> drain(why, orderly));
    if (state == State.CLOSED) {
      return;
    }
    closeConnection();
    endCalls(
        call -> {
          if (connection.wasSent(call)) {
            call.end(Evidence.NONE, StatusCode.UNAVAILABLE, why);
          } else {
            call.endUnseen(Evidence.NONE);
          }
        });
    owner.onClosed(session);
  }

  /**
   * Closes the connection. A session with calls in flight sends no GOAWAY: its flush would send
   * requests that are about to be given back as unsent.
   */
  private void closeConnection() {
    state = State.CLOSED;
    keepAlive.stop();
    session.stopDeadlines();
    if (connection.isIdle()) {
      connection.closeGracefully();
    } else {
      connection.close();
    }
  }

  /**
   * Ends all calls. An exception from the listener of one call does not keep another from its end.
   */
  private void endCalls(Consumer<GrpcCall> how) {
    connection.drain(stream -> safely(() -> how.accept((GrpcCall) stream)));
  }

  private void safely(Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      log.error("{}: a step of the connection's end failed", node, e);
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
}
