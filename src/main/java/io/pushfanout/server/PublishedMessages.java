package io.pushfanout.server;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.BroadcastResult.Answered;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.broadcast.BroadcastTrace;
import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.Via;
import io.pushfanout.server.EnvelopeParser.PublishItem;
import io.pushfanout.server.guard.CallTarget;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one stream: each is admitted, checked and offered to the engine as the broadcast
 * of a call is, and has its own outcome. For the connection's loop only.
 */
final class PublishedMessages {
  /** Messages of a stream whose deliveries may be waited for at a time. */
  private static final int MOST_PENDING = 1000;

  private final BroadcastGate gate;
  private final LoopGuard hops;
  private final BroadcastHeaders headers;
  private final CallerSession session;
  private final PublishGate access;
  private final PublishReplies replies;
  private final Runnable onChange;
  private final long deadlineNanos;
  private final Set<Pending> pending = new HashSet<>();

  /** The message that the queues have not decided; null without one. */
  private @Nullable Pending undecided;

  private long next;
  private boolean over;

  /**
   * @param onChange runs when a message has been decided or has ended later than its offer
   */
  PublishedMessages(
      BroadcastGate gate,
      LoopGuard hops,
      BroadcastHeaders headers,
      CallerSession session,
      PublishGate access,
      PublishReplies replies,
      Runnable onChange) {
    this.gate = gate;
    this.hops = hops;
    this.headers = headers;
    this.session = session;
    this.access = access;
    this.replies = replies;
    this.onChange = onChange;
    this.deadlineNanos = gate.deadlineNanos(headers.timeoutNanos());
  }

  /** Returns whether the next message has to wait for one before it. */
  boolean mustWait() {
    return undecided != null || pending.size() >= MOST_PENDING;
  }

  /** Returns whether each message has its outcome. */
  boolean isIdle() {
    return pending.isEmpty();
  }

  /**
   * Takes the next envelope, and offers its message.
   *
   * @param undecided the refusal while nothing can decide about the caller; null otherwise
   */
  void take(PublishItem item, @Nullable CallStatus undecided) {
    Pending taken = new Pending(next++, audit(item));
    CallStatus refusal = undecided == null ? access.refusal() : undecided;
    if (refusal == null) {
      refusal = gate.admitMessage(session.network(), access.identity());
    }
    if (refusal != null) {
      taken.refuse(refusal);
      return;
    }
    switch (item) {
      case PublishItem.Refused(CallStatus status) ->
          taken.refuse(gate.refusals().ofEnvelope(status));
      case PublishItem.Message message -> offer(message, taken);
    }
  }

  private @Nullable CallAudit audit(PublishItem item) {
    if (!(item instanceof PublishItem.Message message)) {
      return access.audit(PublishGate.METHOD, "");
    }
    CallAudit audit = access.audit(message.rpc().method(), message.id());
    if (audit != null) {
      audit.received(message.request().length);
    }
    return audit;
  }

  private void offer(PublishItem.Message message, Pending taken) {
    try {
      switch (hops.check(message.via())) {
        case LoopGuard.Passage.Onward(Via through) -> taken.offer(request(message, through, taken));
        case LoopGuard.Passage.Refused(String why) ->
            taken.refuse(gate.refusals().ofHeaders(CallStatus.ofLoop(why)));
      }
    } catch (InvalidCall e) {
      taken.refuse(gate.refusals().ofMessage(String.valueOf(e.getMessage())));
    }
  }

  private BroadcastRequest request(PublishItem.Message message, Via through, Pending taken)
      throws InvalidCall {
    return headers.request(
        message.rpc(),
        message.request(),
        through,
        message.id().isEmpty() ? null : CallTarget.checkedId("message_id", message.id()),
        deadlineNanos,
        access.identity(),
        headers.receipt() ? taken::decided : null,
        BroadcastTrace.received(message.traceparent(), headers.traceparent()));
  }

  /** Ends the waits of a stream that is over. */
  void cancel() {
    over = true;
    Set<Pending> left = Set.copyOf(pending);
    pending.clear();
    left.forEach(Pending::cancel);
  }

  /** A message from its offer to its outcome. */
  private final class Pending {
    private final long index;
    private final @Nullable CallAudit audit;
    private int size;
    private @Nullable Runnable stop;
    private boolean settled;

    private Pending(long index, @Nullable CallAudit audit) {
      this.index = index;
      this.audit = audit;
    }

    private void offer(BroadcastRequest request) {
      size = request.payload().size();
      if (audit != null) {
        audit.offered(RequestCheck.room(request.payload()));
      }
      undecided = this;
      Runnable wait = gate.broadcasts().broadcast(request, this::onResult);
      if (!settled) {
        stop = wait;
        pending.add(this);
      }
    }

    /** Follows the decision of the queues, on any thread. */
    private void decided() {
      onLoop(this::endOffer);
    }

    private void endOffer() {
      if (undecided == this) {
        undecided = null;
        onChange.run();
      }
    }

    /** Receives the result, on any thread. */
    private void onResult(BroadcastResult result) {
      if (audit != null) {
        audit.decided(result);
      }
      onLoop(() -> settle(result));
    }

    private void onLoop(Runnable task) {
      if (session.isOnLoop()) {
        task.run();
      } else {
        session.execute(task);
      }
    }

    private void settle(BroadcastResult result) {
      settled = true;
      boolean wasPending = stop != null && pending.remove(this);
      stop = null;
      if (over) {
        return;
      }
      switch (result) {
        case Answered answered -> {
          if (answered.pressed()) {
            session.intake().onPressure(size);
          }
          if (headers.receipt() || answered.outcome().code() != BroadcastOutcome.Code.OK) {
            replies.answered(index, answered.outcome());
          } else {
            replies.taken();
          }
          close(CallStatus.OK);
        }
        case Refused refused -> refuse(CallStatus.of(refused));
      }
      if (undecided == this) {
        undecided = null;
      }
      if (wasPending) {
        onChange.run();
      }
    }

    private void refuse(CallStatus status) {
      replies.refused(index, status);
      close(status);
    }

    private void close(CallStatus status) {
      if (audit != null) {
        audit.closed(status);
      }
    }

    private void cancel() {
      if (stop != null) {
        stop.run();
      }
      close(CallStatus.of(StatusCode.CANCELLED, "the caller has cancelled the call"));
    }
  }
}
