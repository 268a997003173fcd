package io.pushfanout.server;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Exception;
import io.pushfanout.model.StatusCode;
import io.pushfanout.server.EnvelopeParser.PublishItem;
import io.pushfanout.server.EnvelopeReader.Unreadable;
import io.pushfanout.server.guard.CallMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A stream of published messages of gRPC. Its envelopes are enqueued one after the other; while one
 * waits for room, the next ones are neither read nor acknowledged to the stream's window, which is
 * the caller's backpressure. All methods run on the connection's loop.
 */
final class PublishStream extends GrpcStream {
  /** Envelopes of a stream in one turn of the loop; the answers of nodes have the next turn. */
  private static final int MESSAGES_OF_TURN = 128;

  private static final CallStatus DRAINING =
      CallStatus.of(
          StatusCode.UNAVAILABLE,
          "the server ends the connection; the last response has the number of handled messages");

  private final BroadcastGate gate;
  private final BroadcastHeaders headers;
  private final PublishGate access;
  private final EnvelopeReader reader;
  private final PublishedMessages messages;
  private final PublishReplies replies;

  private final UnreadBytes unread;
  private boolean admitted;

  /** Whether the caller has ended its side. */
  private boolean ended;

  /** Whether no more envelopes are handled: the end comes with the last pending one. */
  private @Nullable CallStatus ending;

  /** Whether envelopes are being handled: what they change is looked at afterwards. */
  private boolean processing;

  private int messagesInTurn;
  private boolean nextTurnDue;
  private int smallFragments;

  /** Identity with which the stream was admitted; null without authorization. */
  private @Nullable String identity;

  PublishStream(
      BroadcastGate gate,
      LoopGuard hops,
      CallerSession session,
      BroadcastHeaders headers,
      CallMetadata metadata) {
    super(session, gate.publishCounts(), gate.incomplete(), headers.timeoutNanos());
    this.gate = gate;
    this.headers = headers;
    this.access = new PublishGate(gate, session, headers, metadata, gate.nanoClock());
    this.reader = gate.newReader(headers);
    this.unread = new UnreadBytes(gate.arrivals(), headers.party());
    this.replies = new PublishReplies(this, session.connection());
    this.messages =
        new PublishedMessages(gate, hops, headers, session, access, replies, this::resume);
  }

  @Override
  void begin() {
    if (headers.badTarget() != null && gate.decisions().hasAccessControl()) {
      refuse(gate.refusals().ofHeaders(headers.badTarget()));
      return;
    }
    if (!gate.decisions().hasAccessControl()) {
      decided();
      return;
    }
    CallStatus full = access.refresh(this::decided);
    if (full != null) {
      refuse(full);
    }
  }

  private void decided() {
    if (isOver()) {
      return;
    }
    if (!admitted) {
      admit();
    }
    resume();
  }

  private void admit() {
    CallStatus refusal = access.refusal();
    if (refusal == null) {
      identity = access.identity();
      refusal = gate.admitStream(identity);
      admitted = refusal == null;
    }
    if (refusal == null) {
      refusal = access.refusalOfStream();
    }
    if (refusal != null) {
      refuse(refusal);
    } else {
      session().addPublishing(this);
    }
  }

  // ---- the envelopes

  @Override
  protected void onData(ByteBuf data, boolean end) throws Http2Exception {
    int size = data.readableBytes();
    ended |= end;
    session().connection().holdBack(this, size);
    if (unread.isEmpty()) {
      read(data);
    }
    if (data.isReadable()) {
      keep(data);
    } else if (!end) {
      session().limitSmallFragments(size, ++smallFragments);
    }
    continueLater();
    finishIfDone();
  }

  private void keep(ByteBuf data) {
    if (!isOver() && !unread.add(data)) {
      endWith(CallStatus.of(gate.arrivals().refusal()));
    }
  }

  private boolean hasUnread() {
    return !unread.isEmpty() || reader.hasRest();
  }

  private boolean mustWait() {
    return !admitted
        || ending != null
        || access.isDeciding()
        || messages.mustWait()
        || replies.isFull()
        || messagesInTurn >= MESSAGES_OF_TURN
        || session().intake().isPaused();
  }

  /** Schedules the rest for after the pause of the intake, or for the loop's next turn. */
  private void continueLater() {
    if (nextTurnDue || isOver()) {
      return;
    }
    if (session().intake().isPaused() && hasUnread()) {
      nextTurnDue = true;
      session().intake().afterPause(this::nextTurn);
    } else if (messagesInTurn > 0) {
      nextTurnDue = true;
      session().execute(this::nextTurn);
    }
  }

  private void nextTurn() {
    nextTurnDue = false;
    messagesInTurn = 0;
    resume();
  }

  /** Continues with the bytes that wait, after a reason to wait has gone. */
  void resume() {
    if (processing || isOver()) {
      return;
    }
    while (hasUnread() && !mustWait()) {
      ByteBuf part = unread.first();
      int before = part.readableBytes();
      read(part);
      int taken = before - part.readableBytes();
      if (isOver()) {
        return;
      }
      unread.took(taken);
    }
    continueLater();
    finishIfDone();
  }

  /** Handles the envelopes of a part, until one has to wait. */
  private void read(ByteBuf part) {
    int before = part.readableBytes();
    processing = true;
    try {
      while (!mustWait() && !isOver()) {
        PublishItem item = reader.next(part);
        if (item == null) {
          break;
        }
        smallFragments = 0;
        handle(item);
      }
    } catch (Unreadable e) {
      endWith(e.status());
    } finally {
      processing = false;
    }
    session().connection().release(this, before - part.readableBytes());
    if (reader.isPartial()) {
      onRequestIncomplete();
    } else {
      onRequestWhole();
    }
  }

  private void handle(PublishItem item) {
    messagesInTurn++;
    messages.take(item, access.refresh(this::decided));
  }

  // ---- the end

  /** Ends the stream, once what is pending has its outcome; no more envelopes are handled. */
  void endWith(CallStatus status) {
    if (ending == null) {
      ending = status;
    }
    finishIfDone();
  }

  /** Ends the stream for a connection that is drained: the caller goes on with another. */
  void drain() {
    endWith(DRAINING);
  }

  private void finishIfDone() {
    if (isOver() || processing || !messages.isIdle()) {
      return;
    }
    if (ending != null) {
      finish(ending);
    } else if (ended && admitted && !hasUnread()) {
      finish(
          reader.isBetweenRequests()
              ? CallStatus.OK
              : RequestBody.Fault.Malformed.INCOMPLETE.status);
    }
  }

  private void finish(CallStatus status) {
    CallAudit audit =
        status.code() == StatusCode.OK || status.equals(DRAINING)
            ? null
            : access.audit(PublishGate.METHOD, "");
    if (audit != null) {
      audit.closed(status);
    }
    replies.finish(status);
    end(status);
  }

  @Override
  void refuse(CallStatus status) {
    if (!isOver()) {
      finish(status);
    }
  }

  @Override
  protected void onRoom() {
    replies.flush();
  }

  @Override
  boolean isIncomplete() {
    return reader.isPartial();
  }

  @Override
  void onOver(CallStatus status) {
    session().removePublishing(this);
    messages.cancel();
    reader.release();
    unread.release();
    if (admitted) {
      gate.ended(identity);
    }
  }
}
