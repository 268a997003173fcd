package io.pushfanout.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Utf8;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.http.WebSocketInternal;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The WebSocket session of one user: its rooms, requests and messages.
 *
 * <p>For the node's event loop only. One frame is read at a time, and the next request only after
 * the last response was sent: a user that sends many requests and reads little delays no other
 * user.
 */
final class WebSocketSession {
  static final int MAX_REQUEST_BYTES = 64 << 10;

  /** Time limit for sending the last texts and the close frame before the connection is closed. */
  static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

  // RFC 6455, section 7.4.1, and the IANA registry of close codes.
  static final int GOING_AWAY = 1001;
  static final int TRY_AGAIN_LATER = 1013;
  private static final int PROTOCOL_ERROR = 1002;
  private static final int UNSUPPORTED_DATA = 1003;
  private static final int INVALID_PAYLOAD = 1007;
  private static final int TOO_BIG = 1009;
  private static final int INTERNAL_ERROR = 1011;

  private static final Logger log = LoggerFactory.getLogger(WebSocketSession.class);

  private final ServerWebSocket socket;
  private final ChannelHandlerContext channel;
  private final RoomRegistry rooms;
  private final SendBuffer sendBuffer;
  private final Subscriptions subscriptions;
  private Buffer request = Buffer.buffer();
  private final FrameMeter frames;
  private final Heartbeat heartbeat;
  private long requestBytes;
  private boolean closing;
  private @Nullable Future<?> forcedClose;

  private WebSocketSession(ServerWebSocket socket, RoomRegistry rooms, Heartbeat heartbeat) {
    this.socket = socket;
    this.rooms = rooms;
    // Vert.x closes a connection only after its close frame is written, which never happens if
    // the user does not read; the channel can be closed regardless of pending writes.
    this.channel = ((WebSocketInternal) socket).channelHandlerContext();
    this.sendBuffer = new SendBuffer(channel);
    this.subscriptions = new Subscriptions(this, rooms);
    this.frames = FrameMeter.around(channel, this::onRead);
    this.heartbeat = heartbeat;
  }

  static void join(ServerWebSocket socket, RoomRegistry rooms, Heartbeat heartbeat) {
    WebSocketSession session = new WebSocketSession(socket, rooms, heartbeat);
    // The idle timeout is for HTTP requests only.
    if (session.channel.pipeline().get(IdleStateHandler.class) != null) {
      session.channel.pipeline().remove(IdleStateHandler.class);
    }
    rooms.join(session);
    socket
        .frameHandler(session::onFrame)
        .exceptionHandler(session::onFault)
        .closeHandler(_ -> session.onClosed());
    socket.pause();
    socket.fetch(1);
    if (session.channel.pipeline().get(HttpResponseEncoder.class) != null) {
      // The handshake's response is stuck behind responses that this client does not read.
      session.disconnect();
    }
  }

  /**
   * Sends the text, or closes the session if too much is waiting already.
   *
   * @return whether the text was accepted
   */
  boolean send(SharedText text) {
    if (closing || socket.isClosed()) {
      return false;
    }
    if (!sendBuffer.offer(text)) {
      log(
          "does not read and is closed, "
              + sendBuffer.unsentBytes()
              + " bytes of messages are unsent");
      close(TRY_AGAIN_LATER, "messages arrive faster than they are read");
      return false;
    }
    return true;
  }

  /** Logs an event of this user, within the limit on lines about all users. */
  private void log(String what) {
    rooms.lines().write(note -> log.info("user {} {}{}", socket.remoteAddress(), what, note));
  }

  /** Returns whether the session is being closed. */
  boolean isClosing() {
    return closing;
  }

  /** Returns the bytes of messages that wait for this user. */
  long unsentBytes() {
    return sendBuffer.unsentBytes();
  }

  /** Returns the bytes that this user sent and that are not handled yet. */
  long requestBytes() {
    return requestBytes;
  }

  /** Closes the session to free memory, and discards its waiting messages. */
  void shed() {
    log(
        "is closed: the messages that wait for all users take too much memory, "
            + sendBuffer.unsentBytes()
            + " bytes of them wait for this one");
    sendBuffer.discardWaiting();
    close(TRY_AGAIN_LATER, "messages arrive faster than they are read");
  }

  /** Disconnects the user at once to free memory, and discards its unhandled requests. */
  void evict() {
    log(
        "is closed: the requests of all users take too much memory, "
            + requestBytes
            + " bytes are of this one");
    close(TRY_AGAIN_LATER, "this node has no memory for the request now");
    disconnect();
  }

  /** Sends a ping if one is due, or closes the session after too many unanswered pings. */
  void beat(long nowNanos) {
    switch (heartbeat.at(nowNanos, frames.reads() + sendBuffer.sentBytes())) {
      case NOTHING -> {}
      case PING -> {
        if (!closing) {
          channel.writeAndFlush(new PingWebSocketFrame());
        }
      }
      case GONE -> {
        if (!closing) {
          log("is closed: it answers no pings");
          sendBuffer.discardWaiting();
        }
        close(INTERNAL_ERROR, "two pings stayed without an answer");
      }
    }
  }

  /**
   * Closes the session with a reason; the connection ends after {@link #CLOSE_GRACE} at the latest.
   */
  void close(int code, String reason) {
    if (closing) {
      return;
    }
    closing = true;
    request = Buffer.buffer();
    subscriptions.end();
    // The close frame follows the texts accepted before.
    sendBuffer.whenSent(() -> socket.close((short) code, reason));
    forcedClose =
        channel
            .executor()
            .schedule(this::disconnect, CLOSE_GRACE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Closes the connection at once, regardless of pending writes. */
  void disconnect() {
    closing = true;
    // The channel may keep this object alive for a while; the request's bytes are freed now.
    request = Buffer.buffer();
    sendBuffer.discardWaiting();
    channel.close();
    countRequest(0);
  }

  private void onRead() {
    if (!closing) {
      countRequest(frames.held() + request.length());
      rooms.shedRequests();
    }
  }

  private void countRequest(long bytes) {
    rooms.requestBytes().add(bytes - requestBytes);
    requestBytes = bytes;
  }

  private void onClosed() {
    closing = true;
    subscriptions.end();
    sendBuffer.discardWaiting();
    countRequest(0);
    rooms.leave(this);
    if (forcedClose != null) {
      forcedClose.cancel(false);
    }
  }

  /** Closes the session after a protocol error, such as a frame that is too large. */
  private void onFault(Throwable fault) {
    if (!channel.channel().isActive()) {
      return;
    }
    if (fault instanceof CorruptedWebSocketFrameException corrupted) {
      close(corrupted.closeStatus().code(), corrupted.closeStatus().reasonText());
    } else {
      close(PROTOCOL_ERROR, "connection failed");
    }
  }

  private void onFrame(WebSocketFrame frame) {
    if (closing) {
      return;
    }
    switch (frame.type()) {
      case TEXT, CONTINUATION -> onText(frame);
      case BINARY -> close(UNSUPPORTED_DATA, "requests are text frames");
      case PING, PONG, CLOSE -> {}
    }
    if (!closing) {
      countRequest(frames.held() + request.length());
    }
  }

  private void onText(WebSocketFrame frame) {
    Buffer fragment = frame.binaryData();
    frames.handled(fragment.length());
    if (request.length() + fragment.length() > MAX_REQUEST_BYTES) {
      close(TOO_BIG, "a request has at most " + MAX_REQUEST_BYTES + " bytes");
      return;
    }
    request.appendBuffer(fragment);
    if (!frame.isFinal()) {
      socket.fetch(1);
      return;
    }
    byte[] whole = request.getBytes();
    request = Buffer.buffer();
    if (!Utf8.isWellFormed(whole)) {
      close(INVALID_PAYLOAD, "text must be UTF-8");
      return;
    }
    rooms.shedTexts();
    if (closing) {
      return;
    }
    subscriptions.execute(new String(whole, UTF_8), this::answer, this::sendJson);
  }

  private void answer(JsonObject json) {
    if (sendJson(json)) {
      // Reads on in a later turn of the loop, so that every other user has a turn between two
      // requests.
      sendBuffer.whenSent(() -> channel.executor().execute(() -> socket.fetch(1)));
    }
  }

  private boolean sendJson(JsonObject json) {
    SharedText text = rooms.texts().answer(json);
    try {
      return send(text);
    } finally {
      text.release();
    }
  }
}
