package io.pushfanout.server;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Exception;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.server.guard.CallMetadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A unary broadcast call of gRPC: the message of a {@link BroadcastCall}, and its reply. Nothing of
 * the message is read before the call is admitted.
 */
final class BroadcastStream extends GrpcStream implements BroadcastCall.Listener {
  private final BroadcastGate gate;
  private final BroadcastCall call;
  private final RequestBody body;

  /** Metadata that the caller's credentials are read from; null afterwards. */
  private @Nullable CallMetadata metadata;

  /** Parts of the request that came before the decision; null without any. */
  private @Nullable List<byte[]> unread;

  /** Whether the request has ended. */
  private boolean whole;

  /** Whether the message is on its way to the engine, or the call is refused. */
  private boolean complete;

  /** Bytes of the message, once it is whole. */
  private int size;

  private int smallFragments;

  BroadcastStream(
      BroadcastGate gate, CallerSession session, BroadcastHeaders headers, CallMetadata metadata) {
    super(session, gate.counts(headers.rpc()), gate.incomplete(), headers.timeoutNanos());
    this.gate = gate;
    this.metadata = metadata;
    this.call = new BroadcastCall(gate, headers, metadata, session, this);
    this.body = gate.newBody(headers);
  }

  @Override
  void begin() {
    CallMetadata shown = requireNonNull(metadata);
    // A held call must not keep 64 KiB of headers.
    metadata = null;
    call.begin(shown);
  }

  // ---- the message

  /** Continues with the parts of the message that came before the decision about the caller. */
  @Override
  public void onAdmitted() {
    List<byte[]> parts = unread;
    unread = null;
    if (parts != null) {
      parts.forEach(part -> receive(Unpooled.wrappedBuffer(part)));
    }
    if (whole && call.isAdmitted()) {
      complete();
    }
  }

  @Override
  protected void onData(ByteBuf data, boolean end) throws Http2Exception {
    if (!end) {
      session().limitSmallFragments(data.readableBytes(), ++smallFragments);
    }
    whole = end;
    if (call.isDeciding()) {
      keep(data);
      return;
    }
    receive(data);
    if (end && call.isAdmitted()) {
      complete();
    }
  }

  private void keep(ByteBuf data) {
    if (data.isReadable()) {
      if (unread == null) {
        unread = new ArrayList<>(1);
      }
      unread.add(ByteBufUtil.getBytes(data));
    }
  }

  private void receive(ByteBuf data) {
    int bytes = data.readableBytes();
    if (call.isAdmitted()) {
      RequestBody.Fault fault = body.add(data);
      if (fault != null) {
        refuse(gate.refusals().of(fault));
      } else if (data.isReadable()) {
        refuse(gate.refusals().of(RequestBody.Fault.Malformed.SECOND_MESSAGE));
      }
    }
    session().connection().consumed(this, bytes);
  }

  private void complete() {
    onRequestWhole();
    if (gate.isRefusing()) {
      // A second check: a shutdown may have begun while the message was arriving.
      refuse(gate.refusals().ofShutdown());
      return;
    }
    switch (body.result()) {
      case RequestBody.Result.Message message -> offer(message.bytes);
      case RequestBody.Result.None() ->
          refuse(gate.refusals().ofMessage("the call has no message"));
      case RequestBody.Result.Broken(String why) -> refuse(gate.refusals().ofMessage(why));
      case RequestBody.Result.Refused(RequestBody.Fault fault) -> refuse(gate.refusals().of(fault));
    }
  }

  private void offer(byte[] message) {
    complete = true;
    size = message.length;
    // The engine's budget counts the message now.
    body.release();
    call.offer(message);
  }

  // ---- the reply

  @Override
  public void onAnswered(BroadcastResult.Answered answered) {
    session().connection().reply(this, gate.encoded(answered.outcome()));
    if (answered.pressed()) {
      session().intake().onPressure(size);
    }
    end(CallStatus.OK);
  }

  @Override
  public void onRefused(CallStatus status) {
    refuse(status);
  }

  // ---- the end

  @Override
  boolean isIncomplete() {
    return !complete;
  }

  @Override
  void countIncomplete() {
    gate.refusals().countLimited();
  }

  @Override
  void onOver(CallStatus status) {
    complete = true;
    unread = null;
    body.release();
    call.end(status);
  }
}
