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
import io.pushfanout.access.Access;
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
 * What is served, each behind what guards it: broadcasts, and health and reflection, which have no
 * part in the limits of broadcasts. From any thread.
 */
final class GuardedServices {
  /** Requests of health and reflection are names. */
  private static final int MAX_NAME_BYTES = 4 << 10;

  private static final Status NAME_TOO_LARGE =
      Status.RESOURCE_EXHAUSTED.withDescription(
          "the request is larger than " + MAX_NAME_BYTES + " bytes");

  /** Watches of health have no end, and nobody is asked who begins one. */
  private static final int STREAMS_MAX = 1000;

  /** Of {@code --max-calls}, how many may be half sent. */
  private static final int HALF_SENT_PART = 4;

  /** Unary calls of health. */
  private static final int HALF_SENT_NAMES_MAX = 1000;

  /** For a name to be whole. */
  private static final Duration NAME_PATIENCE = Duration.ofSeconds(10);

  /** What of the direct memory, and of the budget, messages may take that are not whole yet. */
  private static final int ARRIVALS_PART = 2;

  /** What of the direct memory callers may fill with what lies unread while their calls wait. */
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
   * @param memory what messages may take, those that are arriving included
   * @param nanoClock the engine's clock, for callers' deadlines
   * @param access who may broadcast; null: whoever reaches the port
   * @param direct bytes of direct memory that there are
   */
  GuardedServices(
      Limits limits,
      ProcessId self,
      Broadcasts broadcasts,
      FanoutTotals noFanout,
      MemoryBudget memory,
      LongSupplier nanoClock,
      @Nullable Access access,
      long direct) {
    setReady(false);
    Runnable countLimited = () -> noFanout.countBroadcast(CallOutcome.LIMITED);
    arrivals =
        new InboundMessageBudget(memory, Math.min(direct, limits.memoryBudget()) / ARRIVALS_PART);
    halfSent =
        new RequestTimeoutInterceptor(
            Math.max(1, limits.maxCalls() / HALF_SENT_PART),
            RequestTimeoutInterceptor.PATIENCE,
            nanoClock,
            countLimited);
    halfSentNames =
        new RequestTimeoutInterceptor(HALF_SENT_NAMES_MAX, NAME_PATIENCE, nanoClock, () -> {});
    broadcastsInFlight =
        new CallsInFlight(
            limits.maxCalls(),
            _ -> CallerIdentity.ofThisCall(),
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
    // The last is asked first: what arrives is metered whatever becomes of the call.
    List<ServerInterceptor> ofBroadcasts = new ArrayList<>();
    ofBroadcasts.add(halfSent);
    ofBroadcasts.add(broadcastsInFlight);
    if (limits.maxCallerRate() > 0) {
      ofBroadcasts.add(
          new CallerRateLimit(
              limits.maxCallerRate(), CallerKey::identityOrAddress, nanoClock, countLimited));
    }
    if (access != null) {
      long unreadConnections = direct / UNREAD_PART / Http2Limits.WINDOW_BYTES;
      ofBroadcasts.add(new AuthInterceptor(access, noFanout, unreadConnections));
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

  /** Of {@code grpc.reflection.v1alpha}, which is all that some tools ask for. */
  @SuppressWarnings("deprecation") // It is, for the sake of v1, which is served too.
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

  /** What of their messages is not whole yet. */
  InboundMessageBudget arrivals() {
    return arrivals;
  }

  /** What health says: not ready at first. Broadcasts are taken either way. */
  void setReady(boolean ready) {
    ServingStatus status = ready ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    health.setStatus(PushServerGrpc.SERVICE_NAME, status);
  }

  /** From now on broadcasts are answered UNAVAILABLE, and health says NOT_SERVING for good. */
  void refuseNew() {
    // Only once: a second time health would complain in the log.
    if (!refusing.getAndSet(true)) {
      health.enterTerminalState();
    }
  }

  /** Ends the broadcasts whose message does not end. To be called now and then. */
  void endHalfSent() {
    halfSent.endOld();
    halfSentNames.endOld();
  }

  /** What callers share, by the name that metrics have for it. */
  Map<String, OverShare> shares() {
    return shares;
  }

  /** Waits until no broadcast is in flight, at most this long. None are taken any more. */
  void awaitNone(Duration timeout) throws InterruptedException {
    broadcastsInFlight.awaitNone(timeout);
  }
}
