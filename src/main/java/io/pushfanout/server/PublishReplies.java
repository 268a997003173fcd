package io.pushfanout.server;

import com.google.common.base.Strings;
import io.grpc.Metadata;
import io.pushfanout.http2.Body;
import io.pushfanout.http2.EncodedReply;
import io.pushfanout.http2.ServerConnection;
import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.StatusCode;
import io.pushfanout.protocol.v1.Outcome;
import io.pushfanout.protocol.v1.PublishResponse;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The responses of one stream of published messages: gathers outcomes, and sends them in the loop's
 * next turn, or once the caller reads. For the connection's loop only.
 */
final class PublishReplies {
  /** Bytes of outcomes from which a response is complete; a caller that does not read has one. */
  private static final int RESPONSE_BYTES = 16 << 10;

  private final PublishStream stream;
  private final ServerConnection connection;

  /** Complete responses, for which the caller has no room. */
  private final Deque<byte[]> complete = new ArrayDeque<>();

  private PublishResponse.Builder next = PublishResponse.newBuilder();
  private int outcomeBytes;
  private long handled;

  /** The number in the last complete response. */
  private long completed;

  private boolean begun;
  private boolean due;

  PublishReplies(PublishStream stream, ServerConnection connection) {
    this.stream = stream;
    this.connection = connection;
  }

  /** Returns whether the caller has to read before more envelopes are handled. */
  boolean isFull() {
    return !complete.isEmpty();
  }

  /** Records an envelope with code "0". */
  void taken() {
    handled++;
    schedule();
  }

  /** Records an envelope with the counts of the queues. */
  void answered(long index, BroadcastOutcome outcome) {
    add(Outcome.newBuilder().setIndex(index).setReply(ReplyMapper.reply(outcome)).build());
  }

  /** Records an envelope that was refused. */
  void refused(long index, CallStatus status) {
    String why = Strings.nullToEmpty(status.message());
    add(
        Outcome.newBuilder()
            .setIndex(index)
            .setStatus(status.code().number())
            .setMessage(why.isEmpty() ? status.code().name() : why)
            .build());
  }

  private void add(Outcome outcome) {
    handled++;
    outcomeBytes += outcome.getSerializedSize();
    next.addOutcomes(outcome);
    if (outcomeBytes >= RESPONSE_BYTES) {
      complete();
    }
    schedule();
  }

  private void schedule() {
    if (!due) {
      due = true;
      stream.session().execute(this::flush);
    }
  }

  /** Sends what has been gathered, unless the caller does not read. */
  void flush() {
    due = false;
    boolean sent = false;
    while (!stream.isOver() && hasMore() && (!begun || connection.room(stream) > 0)) {
      send();
      sent = true;
    }
    if (sent) {
      stream.resume();
    }
  }

  private boolean hasMore() {
    return !complete.isEmpty() || handled > completed;
  }

  private void send() {
    if (!begun) {
      begun = true;
      connection.sendHeaders(stream, GrpcReplies.headers());
    }
    if (complete.isEmpty()) {
      complete();
    }
    connection.send(stream, Body.of(GrpcReplies.framed(complete.remove())));
  }

  private void complete() {
    complete.add(next.setHandled(handled).build().toByteArray());
    completed = handled;
    next = PublishResponse.newBuilder();
    outcomeBytes = 0;
  }

  /** Ends the stream, after all that has been gathered. */
  void finish(CallStatus status) {
    while (hasMore()) {
      send();
    }
    if (begun) {
      connection.finish(stream, GrpcReplies.trailers(status, new Metadata(), true));
    } else if (status.code() == StatusCode.OK) {
      connection.sendHeaders(stream, GrpcReplies.headers());
      connection.finish(stream, GrpcReplies.trailers(status, new Metadata(), true));
    } else {
      connection.reply(
          stream, EncodedReply.ofHeaders(GrpcReplies.trailers(status, new Metadata(), false)));
    }
  }
}
