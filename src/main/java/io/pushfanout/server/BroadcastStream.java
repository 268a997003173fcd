package io.pushfanout.server;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Exception;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.auth.Credentials;
import io.pushfanout.auth.Decision;
import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import io.pushfanout.server.guard.DecisionWaits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A broadcast call, from its headers to its reply: admission, the message, the queues' decision.
 * Nothing of its message is read before the call is admitted.
 */
final class BroadcastStream extends GrpcStream {
  private enum Phase {
    /** The decision about the caller is pending; the message stays unread. */
    DECIDING,
    /** The call is admitted, and counts among those in flight until its end. */
    RECEIVING,
    /** The engine has the message. */
    OFFERED,
    OVER
  }

  private final BroadcastGate gate;
  private final BroadcastHeaders headers;
  private final @Nullable CallAudit audit;
  private final RequestBody body;
  private final long deadlineNanos;
  private Phase phase = Phase.DECIDING;

  /** Metadata that the caller's credentials are read from; null afterwards. */
  private @Nullable CallMetadata metadata;

  /** Identity of the caller; null without authorization. */
  private @Nullable String caller;

  /** Parts of the request that came before the decision; null without any. */
  private @Nullable List<byte[]> unread;

  /** Whether the request has ended. */
  private boolean whole;

  /** Bytes of the message, once it is whole. */
  private int size;

  private int smallFragments;

  /** Ends the wait of a call that the engine holds; null while it holds none. */
  private @Nullable Runnable stopWaiting;

  BroadcastStream(
      BroadcastGate gate, CallerSession session, BroadcastHeaders headers, CallMetadata metadata) {
    super(session, gate.counts(headers.rpc()), gate.incomplete(), headers.timeoutNanos());
    this.gate = gate;
    this.headers = headers;
    this.metadata = metadata;
    this.audit = gate.audit(headers.rpc(), metadata, session);
    this.body = gate.newBody(headers);
    this.deadlineNanos = gate.deadlineNanos(headers.timeoutNanos());
  }

  // ---- admission

  @Override
  void begin() {
    CallMetadata shown = requireNonNull(metadata);
    // A held call must not keep 64 KiB of headers.
    metadata = null;
    Authorizer authorizer = gate.authorizer();
    if (authorizer == null) {
      admit(null);
      return;
    }
    CallStatus badTarget = headers.badTarget();
    if (badTarget != null) {
      refuse(gate.refusals().ofHeaders(badTarget));
      return;
    }
    Credentials credentials = session().caller().credentials(shown);
    CompletableFuture<Decision> decision = authorizer.decide(credentials, headers.right());
    if (decision.isDone()) {
      decided(decision.join());
    } else {
      awaitDecision(decision, credentials.peer());
    }
  }

  private void awaitDecision(CompletableFuture<Decision> decision, Object peer) {
    DecisionWaits waits = gate.waits();
    if (!waits.tryBegin(session().caller(), peer)) {
      refuse(gate.refusals().ofFullWaits());
      return;
    }
    var _ =
        decision.thenAccept(
            made -> {
              waits.ended(session().caller(), peer);
              session().loop().execute(() -> resume(made));
            });
  }

  private void decided(Decision decision) {
    String identity = decision.caller();
    if (audit != null && identity != null) {
      audit.identified(identity);
    }
    CallStatus refusal = gate.refusals().of(decision, headers.target());
    if (refusal == null) {
      admit(identity);
    } else {
      refuse(refusal);
    }
  }

  private void admit(@Nullable String identity) {
    CallStatus refusal = gate.admit(headers, session().network(), identity);
    if (refusal == null) {
      caller = identity;
      phase = Phase.RECEIVING;
    } else {
      refuse(refusal);
    }
  }

  /** Continues a call after the decision about its caller, with the parts that came meanwhile. */
  private void resume(Decision decision) {
    if (isOver()) {
      return;
    }
    decided(decision);
    List<byte[]> parts = unread;
    unread = null;
    if (parts != null) {
      parts.forEach(part -> receive(Unpooled.wrappedBuffer(part)));
    }
    if (whole && phase == Phase.RECEIVING) {
      complete();
    }
  }

  // ---- the message

  @Override
  protected void onData(ByteBuf data, boolean end) throws Http2Exception {
    if (!end) {
      session().limitSmallFragments(data.readableBytes(), ++smallFragments);
    }
    whole = end;
    if (phase == Phase.DECIDING) {
      keep(data);
      return;
    }
    receive(data);
    if (end && phase == Phase.RECEIVING) {
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
    int size = data.readableBytes();
    if (phase == Phase.RECEIVING) {
      RequestBody.Fault fault = body.add(data);
      if (fault != null) {
        refuse(gate.refusals().of(fault));
      } else if (data.isReadable()) {
        refuse(gate.refusals().of(RequestBody.Fault.Malformed.SECOND_MESSAGE));
      }
    }
    session().connection().consumed(this, size);
  }

  private void complete() {
    onRequestWhole();
    if (gate.isRefusing()) {
      // A second check: a shutdown may have begun while the message was arriving.
      refuse(gate.refusals().ofShutdown());
      return;
    }
    switch (body.result()) {
      case RequestBody.Result.Message message -> broadcast(message.bytes);
      case RequestBody.Result.None() ->
          refuse(gate.refusals().ofMessage("the call has no message"));
      case RequestBody.Result.Broken(String why) -> refuse(gate.refusals().ofMessage(why));
      case RequestBody.Result.Refused(RequestBody.Fault fault) -> refuse(gate.refusals().of(fault));
    }
  }

  private void broadcast(byte[] message) {
    if (audit != null) {
      audit.received(message.length);
    }
    size = message.length;
    BroadcastRequest request;
    try {
      request = headers.request(message, deadlineNanos, caller);
    } catch (InvalidCall e) {
      refuse(gate.refusals().ofMessage(String.valueOf(e.getMessage())));
      return;
    }
    // The engine's budget counts the message now.
    body.release();
    phase = Phase.OFFERED;
    if (audit != null) {
      audit.offered(RequestCheck.room(request.payload()));
    }
    Runnable stop = gate.broadcasts().broadcast(request, this::onDecided);
    if (!isOver()) {
      stopWaiting = stop;
    }
  }

  // ---- the reply

  /** Receives the decision of the queues, on any thread. */
  private void onDecided(BroadcastResult result) {
    if (audit != null) {
      audit.decided(result);
    }
    if (session().loop().inEventLoop()) {
      reply(result);
    } else {
      session().loop().execute(() -> reply(result));
    }
  }

  private void reply(BroadcastResult result) {
    if (isOver()) {
      return;
    }
    stopWaiting = null;
    switch (result) {
      case BroadcastResult.Answered answered -> {
        session().connection().reply(this, gate.encoded(answered.outcome()));
        if (answered.pressed()) {
          session().intake().onPressure(size);
        }
        end(CallStatus.OK);
      }
      case Refused refused -> refuse(CallStatus.of(refused));
    }
  }

  // ---- the end

  @Override
  boolean isIncomplete() {
    return phase == Phase.DECIDING || phase == Phase.RECEIVING;
  }

  @Override
  void countIncomplete() {
    gate.refusals().countLimited();
  }

  @Override
  void onOver(CallStatus status) {
    if (phase != Phase.DECIDING) {
      gate.ended(caller);
    }
    phase = Phase.OVER;
    unread = null;
    body.release();
    Runnable stop = stopWaiting;
    stopWaiting = null;
    if (stop != null) {
      stop.run();
    }
    if (audit != null) {
      audit.closed(status);
    }
  }
}
