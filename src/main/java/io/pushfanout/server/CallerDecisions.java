package io.pushfanout.server;

import static java.util.Objects.requireNonNull;

import io.pushfanout.auth.Authorizer;
import io.pushfanout.auth.Authorizer.Right;
import io.pushfanout.auth.Credentials;
import io.pushfanout.auth.Decision;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.CallerConnection;
import io.pushfanout.server.guard.DecisionWaits;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The decisions about callers, and the places of calls that wait for one. From any thread. */
final class CallerDecisions {
  private final @Nullable Authorizer authorizer;
  private final DecisionWaits waits;
  private final BroadcastRefusals refusals;

  /**
   * @param authorizer authorizes broadcasts; null: every caller that reaches the port may broadcast
   */
  CallerDecisions(
      @Nullable Authorizer authorizer, DecisionWaits waits, BroadcastRefusals refusals) {
    this.authorizer = authorizer;
    this.waits = waits;
    this.refusals = refusals;
  }

  /** Returns whether callers are authorized. */
  boolean hasAccessControl() {
    return authorizer != null;
  }

  /**
   * Hands over the decision about a caller: at once, or later on the caller's loop. Only with
   * access control.
   *
   * @param shown has the caller's credentials
   * @return null, or the refusal of a call without a place to wait
   */
  @Nullable CallStatus decide(
      CallerLink link, CallMetadata shown, Right right, Consumer<Decision> onDecided) {
    Credentials credentials = link.caller().credentials(shown);
    return handOver(
        requireNonNull(authorizer).decide(credentials, right), credentials, link, onDecided);
  }

  /** Hands over whether a caller is identified, whatever its rights; as {@link #decide}. */
  @Nullable CallStatus identify(CallerLink link, CallMetadata shown, Consumer<Decision> onDecided) {
    Credentials credentials = link.caller().credentials(shown);
    return handOver(requireNonNull(authorizer).identify(credentials), credentials, link, onDecided);
  }

  private @Nullable CallStatus handOver(
      CompletableFuture<Decision> decision,
      Credentials credentials,
      CallerLink link,
      Consumer<Decision> onDecided) {
    if (decision.isDone()) {
      onDecided.accept(decision.join());
      return null;
    }
    CallerConnection caller = link.caller();
    if (!waits.tryBegin(caller, credentials.peer())) {
      return refusals.ofFullWaits();
    }
    var _ =
        decision.thenAccept(
            made -> {
              waits.ended(caller, credentials.peer());
              link.execute(() -> onDecided.accept(made));
            });
    return null;
  }
}
