package io.pushfanout.server;

import com.google.protobuf.ByteString;
import io.pushfanout.audit.AuditRecord;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.MessageMetadata;
import io.pushfanout.model.StatusCode;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.CallTarget;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The audit of one broadcast call. It begins with the call's headers and receives the final status,
 * so no end of a call is missed.
 *
 * <p>From any thread. The record is passed on once: when the call has ended and the engine, if it
 * received the message, has decided. So a cancelled call has the outcome of its message.
 */
final class CallAudit {
  /** Bytes of UTF-8 with at least as many characters as a record keeps. */
  private static final int ROOM_BYTES_MAX = 4 * AuditRecord.TEXT_MAX;

  private final String method;
  private final @Nullable String target;
  private final @Nullable String messageId;
  private final Consumer<CallAudit> onEnd;

  private @Nullable InetAddress address;
  private Object peer = "unknown";
  private @Nullable String caller;
  private @Nullable String room;

  /** Bytes of the message after decompression; null until it is whole. */
  private @Nullable Long bytes;

  private boolean undecided;
  private @Nullable BroadcastResult result;
  private @Nullable CallStatus status;

  /**
   * @param onEnd is called once, on any thread
   */
  CallAudit(String method, CallMetadata headers, Consumer<CallAudit> onEnd) {
    this.method = method;
    // Cut here: a held call must not keep 64 KiB of headers.
    this.target = AuditRecord.cut(CallTarget.text(headers));
    this.messageId = AuditRecord.cut(headers.last(MessageMetadata.MESSAGE_ID));
    this.onEnd = onEnd;
  }

  /**
   * Records the caller's address.
   *
   * @param key the key by which a limit on refusals distinguishes callers
   */
  synchronized void from(@Nullable SocketAddress remote, Object key) {
    address = remote instanceof InetSocketAddress internet ? internet.getAddress() : null;
    peer = key;
  }

  /** Records the caller's identity, with or without the right to broadcast. */
  synchronized void identified(String identity) {
    caller = identity;
  }

  /**
   * Records the whole message.
   *
   * @param size bytes after decompression
   */
  synchronized void received(int size) {
    bytes = (long) size;
  }

  /** Records that the engine is about to receive the message. */
  synchronized void offered(ByteString ofRoom) {
    undecided = true;
    if (!ofRoom.isEmpty()) {
      room = ofRoom.substring(0, Math.min(ofRoom.size(), ROOM_BYTES_MAX)).toStringUtf8();
    }
  }

  /** Records the engine's decision. */
  void decided(BroadcastResult decision) {
    synchronized (this) {
      undecided = false;
      result = decision;
      if (status == null) {
        return;
      }
    }
    onEnd.accept(this);
  }

  /** Records the status with which the call has ended. */
  void closed(CallStatus closed) {
    synchronized (this) {
      status = closed;
      if (undecided) {
        return;
      }
    }
    onEnd.accept(this);
  }

  /** Returns the key by which a limit on refusals distinguishes callers. */
  synchronized Object peer() {
    return peer;
  }

  /** Returns the record of the ended call. */
  synchronized AuditRecord record(long nowMillis) {
    CallStatus end = status == null ? CallStatus.of(StatusCode.UNKNOWN, null) : status;
    return new AuditRecord(
        nowMillis,
        caller,
        address,
        method,
        target,
        room,
        bytes,
        outcome(end),
        end.code().name(),
        messageId,
        end.code() == StatusCode.OK ? null : end.message(),
        isAnswered());
  }

  /** Returns whether the queues of the nodes have decided about the message. */
  synchronized boolean isAnswered() {
    return result instanceof BroadcastResult.Answered;
  }

  private String outcome(CallStatus end) {
    return switch (result) {
      case BroadcastResult.Answered(BroadcastOutcome outcome, _) ->
          CallOutcome.of(outcome.code()).label();
      case BroadcastResult.Refused refused
          when refused.reason() == BroadcastResult.Reason.REJECTED ->
          CallOutcome.REJECTED.label();
      case BroadcastResult.Refused _ -> ofStatus(end.code());
      case null -> ofStatus(end.code());
    };
  }

  /** Returns the outcome that the metrics count, or the code's own name if they count none. */
  private static String ofStatus(StatusCode code) {
    return switch (code) {
      case INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION -> CallOutcome.INVALID.label();
      case UNAUTHENTICATED, PERMISSION_DENIED -> CallOutcome.UNAUTHORIZED.label();
      case RESOURCE_EXHAUSTED -> CallOutcome.LIMITED.label();
      case UNAVAILABLE -> CallOutcome.UNAVAILABLE.label();
      default -> code.name().toLowerCase(Locale.ROOT);
    };
  }
}
