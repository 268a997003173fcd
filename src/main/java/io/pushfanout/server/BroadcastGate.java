package io.pushfanout.server;

import static java.util.Objects.requireNonNull;

import com.google.common.math.LongMath;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.http2.EncodedReply;
import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.v1.IngestGrpc;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.CallerRateLimit;
import io.pushfanout.server.guard.CallsInFlight;
import io.pushfanout.server.guard.DecisionWaits;
import io.pushfanout.server.guard.Http2Limits;
import io.pushfanout.server.guard.InboundMessageBudget;
import io.pushfanout.server.guard.IncompleteCalls;
import io.pushfanout.server.guard.Limits;
import io.pushfanout.server.guard.OverShare;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The gate of broadcast calls: the limits that they pass, one after the other, and the engine
 * behind them. Shared by all connections of a server; from any thread.
 */
final class BroadcastGate {
  /** Divisor of {@code --max-calls} for calls with an incomplete request. */
  private static final int INCOMPLETE_PART = 4;

  /** Time for a broadcast to be whole; a large one may come over a slow line. */
  static final Duration INCOMPLETE_TIMEOUT = Duration.ofSeconds(60);

  /** Divisor of the direct memory, and of the budget, for incomplete messages. */
  private static final int INBOUND_PART = 2;

  /** Divisor of the direct memory for bytes that lie unread while their calls wait. */
  private static final int UNREAD_PART = 2;

  private final Limits limits;
  private final Broadcasts broadcasts;
  private final LongSupplier nanoClock;
  private final @Nullable BroadcastAudit audit;
  private final InboundMessageBudget arrivals;
  private final IncompleteCalls incomplete;
  private final CallsInFlight inFlight;
  private final @Nullable CallerRateLimit rate;
  private final CallerDecisions decisions;
  private final BroadcastRefusals refusals;
  private final Map<Rpc, CallMeter.Counts> counts = new EnumMap<>(Rpc.class);
  private final CallMeter.Counts publishCounts;
  private final AtomicBoolean refusing = new AtomicBoolean();

  /** The reply of the last outcome: thousands of calls in a second have the same. */
  private volatile @Nullable Encoded last;

  private record Encoded(BroadcastOutcome outcome, EncodedReply reply) {}

  /**
   * @param noFanout counts the broadcasts that end before the engine
   * @param memory the budget of messages, those that are arriving included
   * @param nanoClock the engine's clock, for callers' deadlines
   * @param authorizer authorizes broadcasts; null: every caller that reaches the port may broadcast
   * @param audit records each call; null: there is no audit log
   * @param direct bytes of direct memory of the process
   */
  BroadcastGate(
      Limits limits,
      Broadcasts broadcasts,
      FanoutTotals noFanout,
      MemoryBudget memory,
      LongSupplier nanoClock,
      @Nullable Authorizer authorizer,
      @Nullable BroadcastAudit audit,
      long direct,
      CallMeter meter) {
    this.limits = limits;
    this.broadcasts = broadcasts;
    this.nanoClock = nanoClock;
    this.audit = audit;
    this.arrivals =
        new InboundMessageBudget(memory, Math.min(direct, limits.memoryBudget()) / INBOUND_PART);
    this.incomplete =
        new IncompleteCalls(
            Math.max(1, limits.maxCalls() / INCOMPLETE_PART), INCOMPLETE_TIMEOUT, nanoClock);
    this.refusals = new BroadcastRefusals(noFanout, arrivals, limits.maxMessageSize());
    Runnable countLimited = refusals::countLimited;
    this.inFlight =
        new CallsInFlight(limits.maxCalls(), "the server's " + Limits.MAX_CALLS_FLAG, countLimited);
    this.rate =
        limits.maxCallerRate() == 0
            ? null
            : new CallerRateLimit(limits.maxCallerRate(), nanoClock, countLimited);
    this.decisions =
        new CallerDecisions(
            authorizer,
            new DecisionWaits(direct / UNREAD_PART / Http2Limits.WINDOW_BYTES),
            refusals);
    for (Rpc rpc : Rpc.values()) {
      counts.put(rpc, meter.of(rpc.path().substring(1)));
    }
    publishCounts = meter.of(IngestGrpc.getPublishMethod().getFullMethodName());
  }

  // ---- admission

  /** Returns the decisions about callers. */
  CallerDecisions decisions() {
    return decisions;
  }

  /**
   * Admits a call whose caller may broadcast, until {@link #ended}.
   *
   * @param network the network of the caller's address
   * @param identity the caller's identity; null without authorization
   * @return null, or the refusal of the call
   */
  @Nullable CallStatus admit(BroadcastHeaders headers, Object network, @Nullable String identity) {
    Refused limited = rate == null ? null : rate.tryTake(identity == null ? network : identity);
    if (limited == null) {
      limited = inFlight.tryBegin(identity);
    }
    if (limited != null) {
      return CallStatus.of(limited);
    }
    // Behind the count: a closing server refuses first and then waits for the calls in flight.
    CallStatus refusal = isRefusing() ? refusals.ofShutdown() : refusalOf(headers);
    if (refusal != null) {
      inFlight.ended(identity);
    }
    return refusal;
  }

  /** Admits a stream of messages, which is one call in flight until {@link #ended}. */
  @Nullable CallStatus admitStream(@Nullable String identity) {
    Refused limited = inFlight.tryBegin(identity);
    if (limited != null) {
      return CallStatus.of(limited);
    }
    CallStatus refusal = isRefusing() ? refusals.ofShutdown() : null;
    if (refusal != null) {
      inFlight.ended(identity);
    }
    return refusal;
  }

  /** Admits one message of a stream. */
  @Nullable CallStatus admitMessage(Object network, @Nullable String identity) {
    Refused limited = rate == null ? null : rate.tryTake(identity == null ? network : identity);
    if (limited != null) {
      return CallStatus.of(limited);
    }
    return isRefusing() ? refusals.ofShutdown() : null;
  }

  private @Nullable CallStatus refusalOf(BroadcastHeaders headers) {
    CallStatus refusal = headers.refusal();
    return refusal == null ? null : refusals.ofHeaders(refusal);
  }

  /**
   * Ends a call that was admitted.
   *
   * @param identity the caller's identity; null without authorization
   */
  void ended(@Nullable String identity) {
    inFlight.ended(identity);
  }

  BroadcastRefusals refusals() {
    return refusals;
  }

  // ---- a call

  /** Returns the message of a call, which has no bytes yet. */
  RequestBody newBody(BroadcastHeaders headers) {
    return new RequestBody(
        limits.maxMessageSize(), headers.compressed(), arrivals, headers.party());
  }

  /** Returns the reader of a stream of messages. */
  EnvelopeReader newReader(BroadcastHeaders headers) {
    return new EnvelopeReader(
        limits.maxMessageSize(),
        headers.compressed(),
        arrivals,
        headers.party(),
        refusals.tooLarge());
  }

  /** Returns the budget of bytes that have arrived and are no whole message yet, or wait. */
  InboundMessageBudget arrivals() {
    return arrivals;
  }

  CallMeter.Counts publishCounts() {
    return publishCounts;
  }

  LongSupplier nanoClock() {
    return nanoClock;
  }

  IncompleteCalls incomplete() {
    return incomplete;
  }

  int maxMessageSize() {
    return limits.maxMessageSize();
  }

  CallMeter.Counts counts(Rpc rpc) {
    return requireNonNull(counts.get(rpc));
  }

  /** Returns the audit of a call that begins; null without an audit log. */
  @Nullable CallAudit audit(String method, CallMetadata metadata, CallerLink link) {
    if (audit == null) {
      return null;
    }
    CallAudit call = audit.begin(method, metadata);
    call.from(link.remoteAddress(), link.network());
    return call;
  }

  /**
   * Returns the deadline of a call that begins, on the engine's clock.
   *
   * @param timeoutNanos {@link Long#MAX_VALUE} without a limit
   */
  long deadlineNanos(long timeoutNanos) {
    return timeoutNanos == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : LongMath.saturatedAdd(nanoClock.getAsLong(), timeoutNanos);
  }

  Broadcasts broadcasts() {
    return broadcasts;
  }

  /** Returns the reply to a broadcast with this outcome. */
  EncodedReply encoded(BroadcastOutcome outcome) {
    Encoded same = last;
    if (same == null || !same.outcome().equals(outcome)) {
      same = new Encoded(outcome, GrpcReplies.message(ReplyMapper.reply(outcome).toByteArray()));
      last = same;
    }
    return same.reply();
  }

  // ---- the server's end

  /** Returns whether the server is shutting down. */
  boolean isRefusing() {
    return refusing.get();
  }

  /** Refuses all further broadcasts. Returns false when it did already. */
  boolean refuseNew() {
    return !refusing.getAndSet(true);
  }

  CallsInFlight inFlight() {
    return inFlight;
  }

  /** Returns the resources that callers share, by their names in the metrics. */
  Map<String, OverShare> shares() {
    return Map.of(
        "calls",
        new OverShare(inFlight.shares(), "calls in flight, of --max-calls,", nanoClock),
        "arrivals",
        new OverShare(arrivals.shares(), "bytes of messages that are not whole yet", nanoClock));
  }
}
