package io.pushfanout.server;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.pushfanout.audit.AuditSink;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.auth.Decision;
import io.pushfanout.auth.Rates;
import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.model.Rpc;
import io.pushfanout.server.guard.CallMetadata;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An audit of a server's broadcast calls: a tracer records the beginning and the end of each call,
 * and wrappers around {@link Authorizer} and {@link Broadcasts} record its caller and the decision.
 */
final class BroadcastAudit {
  /**
   * Refused and cancelled calls of one address that get a line in a second, so that a flood of them
   * fills no disk.
   */
  static final int REFUSALS_PER_SECOND = 1000;

  private static final Map<String, Rpc> METHODS =
      Arrays.stream(Rpc.values())
          .collect(
              Collectors.toUnmodifiableMap(rpc -> rpc.path().substring(1), Function.identity()));

  private static final ServerStreamTracer NONE = new ServerStreamTracer() {};

  private final AuditSink sink;
  private final InstantSource clock;
  private final Rates refusals;

  BroadcastAudit(AuditSink sink, InstantSource clock, LongSupplier nanoClock) {
    this.sink = sink;
    this.clock = clock;
    this.refusals = new Rates(REFUSALS_PER_SECOND, REFUSALS_PER_SECOND, nanoClock);
  }

  /** Returns the tracers that begin the audit of each broadcast call, to be given to the server. */
  ServerStreamTracer.Factory tracers() {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        Rpc rpc = METHODS.get(fullMethodName);
        return rpc == null
            ? NONE
            : new CallAudit(rpc, CallMetadata.of(headers), BroadcastAudit.this::ended);
      }
    };
  }

  /** Returns the audit of a call that begins. */
  CallAudit begin(Rpc rpc, CallMetadata metadata) {
    return new CallAudit(rpc, metadata, this::ended);
  }

  /** Returns the same access, which also records the caller of each decision. */
  @Nullable Authorizer recordingCallers(@Nullable Authorizer authorizer) {
    return authorizer == null ? null : recordingAccess(authorizer);
  }

  private static Authorizer recordingAccess(Authorizer authorizer) {
    return (credentials, right) -> {
      CallAudit call = CallAudit.current();
      // A derived future, so that the identity is recorded before the decision has effects.
      return authorizer
          .decide(credentials, right)
          .thenApply(
              decision -> {
                switch (decision) {
                  case Decision.Allowed(String caller) -> call.identified(caller);
                  case Decision.Denied denied -> call.identified(denied.caller());
                  case Decision.Unauthenticated _, Decision.Barred _, Decision.Unavailable _ -> {}
                }
                return decision;
              });
    };
  }

  /** Returns the same engine, which also records messages and decisions. */
  Broadcasts recordingMessages(Broadcasts engine) {
    return (request, onResult) -> {
      CallAudit call = CallAudit.current();
      call.offered(RequestCheck.room(request.payload()));
      return engine.broadcast(
          request,
          result -> {
            call.decided(result);
            onResult.accept(result);
          });
    };
  }

  private void ended(CallAudit call) {
    if (call.isAnswered() || refusals.takeOrWait(call.peer()).isZero()) {
      sink.add(call.record(clock.millis()));
    } else {
      sink.leaveOut();
    }
  }
}
