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

/**
 * The responses of one stream of published messages: gathers outcomes, and sends them in the loop's
 * next turn, or once the caller reads. For the connection's loop only.
 */
final class PublishReplies {
  /** Bytes of outcomes that one response has; also the bytes from which no more are gathered. */
  private static final int RESPONSE_BYTES = 256 << 10;

  private final PublishStream stream;
  private final ServerConnection connection;
  private PublishResponse.Builder next = PublishResponse.newBuilder();
  private int outcomeBytes;
  private long handled;
  private long sent;
  private boolean begun;
  private boolean due;

  PublishReplies(PublishStream stream, ServerConnection connection) {
    this.stream = stream;
    this.connection = connection;
  }

  /** Returns whether the caller has to read before more envelopes are handled. */
  boolean isFull() {
    return outcomeBytes >= RESPONSE_BYTES;
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
    if (stream.isOver() || handled == sent || (begun && connection.room(stream) == 0)) {
      return;
    }
    send();
    stream.resume();
  }

  private void send() {
    if (!begun) {
      begun = true;
      connection.sendHeaders(stream, GrpcReplies.headers());
    }
    byte[] response = next.setHandled(handled).build().toByteArray();
    sent = handled;
    next = PublishResponse.newBuilder();
    outcomeBytes = 0;
    connection.send(stream, Body.of(GrpcReplies.framed(response)));
  }

  /** Ends the stream, after all that has been gathered. */
  void finish(CallStatus status) {
    if (handled > sent) {
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
