package io.pushfanout.server;

import io.pushfanout.auth.Decision;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.model.MessageMetadata;
import io.pushfanout.model.StatusCode;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.CallTarget;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The access of one stream's caller, which is decided at the start and again while envelopes come:
 * a change counts within two seconds. For the connection's loop only.
 */
final class PublishGate {
  /** Name of the method, in the audit of streams and of envelopes without a message. */
  static final String METHOD = "Publish";

  /** Time for which a decision counts. */
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final BroadcastGate gate;
  private final CallerLink link;
  private final BroadcastHeaders headers;
  private final LongSupplier nanoClock;

  /** The headers that show the caller's credentials, and no others. */
  private final CallMetadata shown;

  private @Nullable Decision decision;
  private long decidedNanos;
  private boolean deciding;

  PublishGate(
      BroadcastGate gate,
      CallerLink link,
      BroadcastHeaders headers,
      CallMetadata metadata,
      LongSupplier nanoClock) {
    this.gate = gate;
    this.link = link;
    this.headers = headers;
    this.nanoClock = nanoClock;
    this.shown = metadata.only("authorization");
  }

  /**
   * Returns the audit of a message, or of a stream; null without an audit log.
   *
   * @param id the caller's id of the message; empty without one
   */
  @Nullable CallAudit audit(String method, String id) {
    CallMetadata metadata =
        name ->
            switch (name) {
              case CallTarget.TARGET -> Stream.ofNullable(headers.party().target()).toList();
              case MessageMetadata.MESSAGE_ID -> id.isEmpty() ? List.of() : List.of(id);
              default -> List.of();
            };
    CallAudit audit = gate.audit(method, metadata, link);
    String caller = identity();
    if (audit != null && caller != null) {
      audit.identified(caller);
    }
    return audit;
  }

  /** Returns whether the stream waits for a decision. */
  boolean isDeciding() {
    return deciding;
  }

  /** Returns the caller's identity; null without access control, or before the first decision. */
  @Nullable String identity() {
    return decision == null ? null : decision.caller();
  }

  /**
   * Decides about the caller, if the last decision has become old.
   *
   * @param onDecided runs with each new decision, perhaps within this call
   * @return null, or the refusal while no decision can be made
   */
  @Nullable CallStatus refresh(Runnable onDecided) {
    if (!gate.decisions().hasAccessControl() || deciding || isFresh()) {
      return null;
    }
    deciding = true;
    CallStatus full =
        gate.decisions()
            .decide(
                link,
                shown,
                headers.right(),
                made -> {
                  decision = made;
                  decidedNanos = nanoClock.getAsLong();
                  deciding = false;
                  onDecided.run();
                });
    if (full != null) {
      deciding = false;
    }
    return full;
  }

  private boolean isFresh() {
    return decision != null && nanoClock.getAsLong() - decidedNanos < FRESH_NANOS;
  }

  /** Returns the refusal of a caller without the right to the target; null for one with it. */
  @Nullable CallStatus refusal() {
    return decision == null ? null : gate.refusals().of(decision, headers.target());
  }

  /** Returns the refusal of the stream, once its caller has been admitted; null without one. */
  @Nullable CallStatus refusalOfStream() {
    CallStatus refusal = headers.refusal();
    if (refusal == null && headers.messageId() != null) {
      refusal =
          CallStatus.of(
              StatusCode.INVALID_ARGUMENT,
              "pushfanout-message-id: is a field of each envelope, message_id");
    }
    if (refusal != null) {
      return gate.refusals().ofHeaders(refusal);
    }
    Refused unreachable = gate.broadcasts().refusal(headers.target());
    return unreachable == null ? null : CallStatus.of(unreachable);
  }
}
