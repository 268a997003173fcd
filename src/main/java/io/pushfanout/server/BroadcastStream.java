package io.pushfanout.server;

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
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.Payload;
import io.pushfanout.model.StatusCode;
import io.pushfanout.server.guard.AuthInterceptor;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import io.pushfanout.server.guard.DecisionWaits;
import io.pushfanout.server.guard.InboundMessageBudget.Party;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A broadcast call, from its headers to its reply: authorization, limits, the message, the queues'
 * decision. Nothing of its message is read before the call is admitted.
 */
final class BroadcastStream extends GrpcStream {
  private enum Phase {
    /** The decision about the caller is pending; the message stays unread. */
    DECIDING,
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

  /** Whether the call counts among those in flight, as the caller's. */
  private boolean inFlight;

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

  BroadcastStream(BroadcastGate gate, CallerSession session, BroadcastHeaders headers) {
    super(session, gate.counts(headers.rpc()), gate.incomplete(), headers.timeoutNanos());
    this.gate = gate;
    this.headers = headers;
    this.audit = gate.audit(headers, session);
    this.body =
        new RequestBody(
            gate.maxMessageSize(),
            headers.compressed(),
            gate.arrivals(),
            new Party(session.network(), headers.targetText()));
    this.deadlineNanos = gate.deadlineNanos(headers.timeoutNanos());
  }

  // ---- admission

  @Override
  void begin() {
    Authorizer authorizer = gate.authorizer();
    if (authorizer == null) {
      admit(null);
      return;
    }
    CallStatus badTarget = headers.badTarget();
    if (badTarget != null) {
      refuse(badTarget, CallOutcome.INVALID);
      return;
    }
    Credentials shown = session().caller().credentials(headers.metadata());
    CompletableFuture<Decision> decision = authorizer.decide(shown, headers.right());
    if (decision.isDone()) {
      decided(decision.join());
    } else {
      awaitDecision(decision, shown.peer());
    }
  }

  private void awaitDecision(CompletableFuture<Decision> decision, Object peer) {
    DecisionWaits waits = gate.waits();
    if (!waits.tryBegin(session().caller(), peer)) {
      refuse(CallStatus.of(StatusCode.UNAVAILABLE, DecisionWaits.FULL), CallOutcome.UNAVAILABLE);
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
    switch (decision) {
      case Decision.Allowed(String identity) -> {
        identified(identity);
        admit(identity);
      }
      case Decision.Unauthenticated(String why) ->
          refuse(CallStatus.of(StatusCode.UNAUTHENTICATED, why), CallOutcome.UNAUTHORIZED);
      case Decision.Denied(String identity, String why) -> {
        identified(identity);
        refuse(
            CallStatus.of(
                StatusCode.PERMISSION_DENIED, why + AuthInterceptor.hint(headers.target())),
            CallOutcome.UNAUTHORIZED);
      }
      case Decision.Barred(String why) ->
          refuse(CallStatus.of(StatusCode.PERMISSION_DENIED, why), CallOutcome.UNAUTHORIZED);
      case Decision.Unavailable now ->
          refuse(
              CallStatus.of(
                  new Refused(BroadcastResult.Reason.UNAVAILABLE, now.why(), now.retryAfter())),
              CallOutcome.UNAVAILABLE);
    }
  }

  private void identified(String identity) {
    if (audit != null) {
      audit.identified(identity);
    }
  }

  /** Admits an authorized call within the limits of its caller and of the server. */
  private void admit(@Nullable String identity) {
    caller = identity;
    Refused refused = gate.tryRate(identity == null ? session().network() : identity);
    if (refused == null) {
      refused = gate.inFlight().tryBegin(identity);
      inFlight = refused == null;
    }
    CallStatus refusal = headers.refusal();
    if (refused != null) {
      refuse(CallStatus.of(refused));
    } else if (gate.isRefusing()) {
      refuseShuttingDown();
    } else if (refusal != null) {
      refuse(refusal, CallOutcome.INVALID);
    } else {
      phase = Phase.RECEIVING;
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
        refuse(fault);
      } else if (data.isReadable()) {
        refuse(RequestBody.Fault.Malformed.SECOND_MESSAGE);
      }
    }
    session().connection().consumed(this, size);
  }

  private void refuse(RequestBody.Fault fault) {
    switch (fault) {
      case RequestBody.Fault.TooLarge() -> {
        gate.count(CallOutcome.LIMITED);
        refuse(gate.tooLarge());
      }
      case RequestBody.Fault.NoRoom() -> {
        gate.count(CallOutcome.LIMITED);
        refuse(CallStatus.of(gate.arrivals().refusal()));
      }
      case RequestBody.Fault.Malformed malformed -> refuse(malformed.status);
    }
  }

  private void complete() {
    requestIsWhole();
    if (gate.isRefusing()) {
      // A second check: a shutdown may have begun while the message was arriving.
      refuseShuttingDown();
      return;
    }
    switch (body.whole()) {
      case RequestBody.Whole.Message message -> broadcast(message.bytes);
      case RequestBody.Whole.None() -> refuseInvalid("the call has no message");
      case RequestBody.Whole.Broken(String why) -> refuseInvalid(why);
      case RequestBody.Whole.Refused(RequestBody.Fault fault) -> refuse(fault);
    }
  }

  private void broadcast(byte[] message) {
    if (audit != null) {
      audit.received(message.length);
    }
    size = message.length;
    Payload payload;
    try {
      payload = RequestCheck.check(new Payload(headers.rpc(), message)).through(headers.via());
    } catch (InvalidCall e) {
      refuseInvalid(String.valueOf(e.getMessage()));
      return;
    }
    // The engine's budget counts the message now.
    body.release();
    phase = Phase.OFFERED;
    if (audit != null) {
      audit.offered(RequestCheck.room(payload));
    }
    Runnable stop =
        gate.broadcasts()
            .broadcast(
                new BroadcastRequest(payload, headers.target(), headers.nodes(), deadlineNanos),
                this::onDecided);
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

  private void refuseInvalid(String why) {
    refuse(CallStatus.of(StatusCode.INVALID_ARGUMENT, why), CallOutcome.INVALID);
  }

  private void refuseShuttingDown() {
    refuse(
        CallStatus.of(StatusCode.UNAVAILABLE, "the server is shutting down"),
        CallOutcome.UNAVAILABLE);
  }

  /** Refuses a call that ends before the engine, which counts the others itself. */
  private void refuse(CallStatus status, CallOutcome outcome) {
    gate.count(outcome);
    refuse(status);
  }

  // ---- the end

  @Override
  boolean isIncomplete() {
    return phase == Phase.DECIDING || phase == Phase.RECEIVING;
  }

  @Override
  void onIncomplete() {
    gate.count(CallOutcome.LIMITED);
  }

  @Override
  void onOver(CallStatus status) {
    phase = Phase.OVER;
    unread = null;
    body.release();
    if (inFlight) {
      inFlight = false;
      gate.inFlight().ended(caller);
    }
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
