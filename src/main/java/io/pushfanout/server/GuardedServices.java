package io.pushfanout.server;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.ProcessId;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.server.guard.AuthInterceptor;
import io.pushfanout.server.guard.CallerIdentity;
import io.pushfanout.server.guard.CallerKey;
import io.pushfanout.server.guard.CallerRateLimit;
import io.pushfanout.server.guard.CallsInFlight;
import io.pushfanout.server.guard.Http2Limits;
import io.pushfanout.server.guard.InboundMessageBudget;
import io.pushfanout.server.guard.LenientService;
import io.pushfanout.server.guard.Limits;
import io.pushfanout.server.guard.MessageSizeInterceptor;
import io.pushfanout.server.guard.OverShare;
import io.pushfanout.server.guard.RequestTimeoutInterceptor;
import io.pushfanout.server.guard.StreamLimitInterceptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The services of the server, each behind its guards: broadcasts, and health and reflection, which
 * have no part in the limits of broadcasts. From any thread.
 */
final class GuardedServices {
  /** Bytes of the largest request to health or reflection, which is a name. */
  private static final int MAX_NAME_BYTES = 4 << 10;

  private static final Status NAME_TOO_LARGE =
      Status.RESOURCE_EXHAUSTED.withDescription(
          "the request is larger than " + MAX_NAME_BYTES + " bytes");

  /**
   * Streams of health and reflection: a watch of health has no end, and its caller is not
   * authenticated.
   */
  private static final int STREAMS_MAX = 1000;

  /** Divisor of {@code --max-calls} for calls with an incomplete request. */
  private static final int HALF_SENT_PART = 4;

  /** Unary calls of health with an incomplete request. */
  private static final int HALF_SENT_NAMES_MAX = 1000;

  /** Time for a name to be complete. */
  private static final Duration NAME_TIMEOUT = Duration.ofSeconds(10);

  /** Divisor of the direct memory, and of the budget, for incomplete messages. */
  private static final int INBOUND_PART = 2;

  /** Divisor of the direct memory for bytes that lie unread while their calls wait. */
  private static final int UNREAD_PART = 2;

  private final HealthStatusManager health = new HealthStatusManager();
  private final AtomicBoolean refusing = new AtomicBoolean();
  private final InboundMessageBudget arrivals;
  private final RequestTimeoutInterceptor halfSent;
  private final RequestTimeoutInterceptor halfSentNames;
  private final CallsInFlight broadcastsInFlight;
  private final CallsInFlight streams;
  private final Map<String, OverShare> shares;
  private final List<ServerServiceDefinition> definitions;

  /**
   * @param self this process, as messages carry it
   * @param noFanout counts the broadcasts that end before the engine
   * @param memory the budget of messages, those that are arriving included
   * @param nanoClock the engine's clock, for callers' deadlines
   * @param authorizer authorizes broadcasts; null: every caller that reaches the port may broadcast
   * @param direct bytes of direct memory of the process
   */
  GuardedServices(
      Limits limits,
      ProcessId self,
      Broadcasts broadcasts,
      FanoutTotals noFanout,
      MemoryBudget memory,
      LongSupplier nanoClock,
      @Nullable Authorizer authorizer,
      long direct) {
    setReady(false);
    Runnable countLimited = () -> noFanout.countBroadcast(CallOutcome.LIMITED);
    arrivals =
        new InboundMessageBudget(memory, Math.min(direct, limits.memoryBudget()) / INBOUND_PART);
    halfSent =
        new RequestTimeoutInterceptor(
            Math.max(1, limits.maxCalls() / HALF_SENT_PART),
            RequestTimeoutInterceptor.TIMEOUT,
            nanoClock,
            countLimited);
    halfSentNames =
        new RequestTimeoutInterceptor(HALF_SENT_NAMES_MAX, NAME_TIMEOUT, nanoClock, () -> {});
    broadcastsInFlight =
        new CallsInFlight(
            limits.maxCalls(),
            _ -> CallerIdentity.current(),
            "the server's " + Limits.MAX_CALLS_FLAG,
            countLimited);
    streams =
        new CallsInFlight(
            STREAMS_MAX,
            call -> CallerKey.remoteAddress(call.getAttributes()),
            "this server's health and reflection",
            () -> {});
    shares =
        Map.of(
            "calls",
            new OverShare(
                broadcastsInFlight.shares(), "calls in flight, of --max-calls,", nanoClock),
            "arrivals",
            new OverShare(arrivals.shares(), "bytes of messages that are not whole yet", nanoClock),
            "streams",
            new OverShare(streams.shares(), "streams of health and reflection", nanoClock));
    int maxSize = limits.maxMessageSize();
    // The last interceptor runs first: arriving bytes are counted for every outcome of the call.
    List<ServerInterceptor> ofBroadcasts = new ArrayList<>();
    ofBroadcasts.add(halfSent);
    ofBroadcasts.add(broadcastsInFlight);
    if (limits.maxCallerRate() > 0) {
      ofBroadcasts.add(
          new CallerRateLimit(
              limits.maxCallerRate(), CallerKey::identityOrAddress, nanoClock, countLimited));
    }
    if (authorizer != null) {
      long unreadConnections = direct / UNREAD_PART / Http2Limits.WINDOW_BYTES;
      ofBroadcasts.add(new AuthInterceptor(authorizer, noFanout, unreadConnections));
    }
    ofBroadcasts.add(
        new MessageSizeInterceptor(maxSize, tooLarge(maxSize), arrivals, countLimited));
    BroadcastHandler handler =
        new BroadcastHandler(broadcasts, new LoopGuard(self), noFanout, nanoClock, refusing::get);
    ServerInterceptor[] ofOthers = {
      halfSentNames,
      new StreamLimitInterceptor(streams),
      new MessageSizeInterceptor(MAX_NAME_BYTES, NAME_TOO_LARGE, null, () -> {})
    };
    definitions =
        List.of(
            ServerInterceptors.intercept(PushService.of(handler), ofBroadcasts),
            ServerInterceptors.intercept(
                LenientService.of(health.getHealthService().bindService()), ofOthers),
            ServerInterceptors.intercept(
                LenientService.of(ProtoReflectionServiceV1.newInstance().bindService()), ofOthers),
            ServerInterceptors.intercept(
                LenientService.of(olderReflection().bindService()), ofOthers));
  }

  /** Returns {@code grpc.reflection.v1alpha}, the only reflection that some tools use. */
  @SuppressWarnings("deprecation") // Deprecated in favour of v1, which is served too.
  private static BindableService olderReflection() {
    return ProtoReflectionService.newInstance();
  }

  private static Status tooLarge(int maxMessageSize) {
    return Status.RESOURCE_EXHAUSTED.withDescription(
        "the message is larger than %d bytes, the server's %s"
            .formatted(maxMessageSize, Limits.MAX_MESSAGE_SIZE_FLAG));
  }

  List<ServerServiceDefinition> definitions() {
    return definitions;
  }

  /** Returns the budget of incomplete messages. */
  InboundMessageBudget arrivals() {
    return arrivals;
  }

  /** Sets the health status, which is not ready at first. Broadcasts are accepted either way. */
  void setReady(boolean ready) {
    ServingStatus status = ready ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    health.setStatus(PushServerGrpc.SERVICE_NAME, status);
  }

  /** Refuses all further broadcasts with UNAVAILABLE, and sets health to NOT_SERVING for good. */
  void refuseNew() {
    // Once only: health logs a warning about a second time.
    if (!refusing.getAndSet(true)) {
      health.enterTerminalState();
    }
  }

  /**
   * Ends the calls with a request that is incomplete after its timeout. To be called periodically.
   */
  void endExpired() {
    halfSent.endExpired();
    halfSentNames.endExpired();
  }

  /** Returns the resources that callers share, by their names in the metrics. */
  Map<String, OverShare> shares() {
    return shares;
  }

  /** Waits until no broadcast is in flight, at most this long. New ones must be refused already. */
  void awaitNone(Duration timeout) throws InterruptedException {
    broadcastsInFlight.awaitNone(timeout);
  }
}
