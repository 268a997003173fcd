package io.pushfanout.broadcast;

import io.pushfanout.broadcast.Targets.Resolution;
import io.pushfanout.broadcast.Targets.Resolution.Found;
import io.pushfanout.broadcast.Targets.Resolution.None;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.queue.DeliveryEnd;
import io.pushfanout.queue.HeldOffer;
import io.pushfanout.queue.HeldPayload;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.queue.MemoryShare;
import io.pushfanout.queue.Message;
import io.pushfanout.queue.MessageQueue;
import io.pushfanout.queue.MessageQueue.OfferResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A broadcaster that offers a message to the queue of every targeted node. A callback receives one
 * result with their decisions. Threads: any thread may call it; no method blocks.
 */
public final class Broadcaster implements Broadcasts {
  /** Action of a caller that does not wait. */
  @SuppressWarnings("UnnecessaryLambda") // one object for all broadcasts
  private static final Runnable NOTHING = () -> {};

  private final Supplier<@Nullable Routes> routes;
  private final Targets targets;
  private final Totals totals;
  private final MemoryBudget memory;
  private final ScheduledExecutorService timers;
  private final OfferCancellations cancellations;
  private volatile boolean stopped;
  private final CallOffers offers;

  private final HeldCalls heldCalls;

  public Broadcaster(
      Supplier<@Nullable Routes> routes,
      BroadcastRequest.@Nullable Target defaultTarget,
      Totals totals,
      MemoryBudget memory,
      ScheduledExecutorService timers,
      LongSupplier nanoClock) {
    this.routes = routes;
    this.targets = new Targets(defaultTarget);
    this.totals = totals;
    this.memory = memory;
    this.timers = timers;
    this.heldCalls = new HeldCalls(timers, nanoClock);
    this.offers = new CallOffers(heldCalls, this::offer, this::refuse);
    this.cancellations = new OfferCancellations(timers);
  }

  @Override
  public Runnable broadcast(BroadcastRequest request, Consumer<BroadcastResult> onResult) {
    return switch (resolve(request.target())) {
      case Found(Collection<Routes.Route> found) -> offers.offer(request, found, onResult);
      case None(BroadcastResult.Refused refused, CallOutcome outcome) ->
          refuse(refused, outcome, onResult);
    };
  }

  @Override
  public BroadcastResult.@Nullable Refused refusal(BroadcastRequest.Target target) {
    return resolve(target) instanceof None(BroadcastResult.Refused refused, _) ? refused : null;
  }

  private Runnable refuse(
      BroadcastResult.Refused refused, CallOutcome outcome, Consumer<BroadcastResult> onResult) {
    totals.noFanout().countBroadcast(outcome);
    onResult.accept(refused);
    return NOTHING;
  }

  private Resolution resolve(BroadcastRequest.Target target) {
    return stopped
        ? Targets.unavailable("the server is shutting down")
        : targets.resolve(target, routes.get());
  }

  /**
   * Returns why a broadcast to all fanouts but the excused ones would find no routes now; empty
   * when it would find them.
   */
  public Optional<String> whyUnavailable() {
    Resolution all =
        stopped
            ? Targets.unavailable("the server is shutting down")
            : targets.resolveAllButExcused(routes.get());
    return switch (all) {
      case Found _ -> Optional.empty();
      case None(BroadcastResult.Refused refused, _) -> Optional.of(refused.message());
    };
  }

  /** Sets the function that explains to callers why the nodes of a fanout are not known yet. */
  public void explainBy(Function<FanoutName, Optional<String>> why) {
    targets.explainBy(why);
  }

  /** Sets the fanouts without known nodes that are left out of {@link #whyUnavailable}. */
  public void excuseBy(Predicate<FanoutName> excused) {
    targets.excuseBy(excused);
  }

  /** Sets the ids of messages that are enqueued once; at first, none is remembered. */
  public void remember(MessageIds messages) {
    offers.remember(messages);
  }

  /** Refuses every broadcast from now on; held offers are still decided. */
  public void stop() {
    stopped = true;
  }

  // ---- offering

  private Runnable offer(
      BroadcastRequest request,
      Collection<Routes.Route> found,
      DeliveryEnd.@Nullable Receiver ends,
      Consumer<BroadcastResult> onResult) {
    HeldPayload payload =
        HeldPayload.within(memory, request.payload(), BroadcastTrace.ends(request.trace(), ends));
    if (payload == null) {
      return refuse(MemoryRefusal.of(memory), CallOutcome.LIMITED, onResult);
    }
    if (found.size() == 1) {
      Routes.Route only = found.iterator().next();
      if (!only.memory().hasRoom(payload.cost())) {
        payload.release();
        only.totals().countBroadcast(CallOutcome.LIMITED);
        onResult.accept(MemoryRefusal.of(memory, only.fanout()));
        return NOTHING;
      }
    }
    if (request.nodes() == null && DirectOffer.isEnough(found)) {
      onResult.accept(DirectOffer.offer(payload, request.room(), found, totals.noFanout()));
      return NOTHING;
    }
    PendingBroadcast pending =
        new PendingBroadcast(
            request, payload, onResult, totals.noFanout(), cancellations, heldCalls::giveBack);
    if (request.nodes() == null || found.isEmpty()) {
      found.forEach(
          route -> {
            List<MessageQueue> queues = route.recipients().of(request.room());
            int skipped = route.queues().size() - queues.size();
            offerToFanout(request, pending, route, queues, skipped);
          });
    } else {
      offerToNodes(request.nodes(), request, pending, found);
    }
    pending.offered();
    return pending::cancel;
  }

  private void offerToNodes(
      Set<NodeAddress> nodes,
      BroadcastRequest request,
      PendingBroadcast pending,
      Collection<Routes.Route> found) {
    Set<NodeAddress> unknown = new HashSet<>(nodes);
    found.forEach(route -> route.queues().forEach(queue -> unknown.remove(queue.node())));
    unknown.stream().sorted().forEach(pending::unknownNode);
    for (Routes.Route route : found) {
      long named = route.queues().stream().filter(queue -> nodes.contains(queue.node())).count();
      List<MessageQueue> chosen =
          route.recipients().of(request.room()).stream()
              .filter(queue -> nodes.contains(queue.node()))
              .toList();
      if (named > 0 || found.size() == 1) {
        offerToFanout(request, pending, route, chosen, (int) named - chosen.size());
      }
    }
  }

  private void offerToFanout(
      BroadcastRequest request,
      PendingBroadcast pending,
      Routes.Route route,
      List<MessageQueue> queues,
      int skipped) {
    PendingBroadcast.FanoutPart part = pending.part(route, queues, skipped);
    if (part == null) {
      return;
    }
    Message message = part.message();
    switch (route.settings().overflowPolicy()) {
      case DROP_NEWEST -> queues.forEach(q -> part.decided(q, q.offer(message, false)));
      case DROP_OLDEST -> queues.forEach(q -> part.decided(q, q.offer(message, true)));
      case BLOCK -> offerOrHold(request, message, part, route, queues);
      case REJECT -> offerAllOrNone(message, part, queues);
    }
  }

  private void offerOrHold(
      BroadcastRequest request,
      Message message,
      PendingBroadcast.FanoutPart part,
      Routes.Route route,
      List<MessageQueue> queues) {
    if (!heldCalls.tryTake(route.fanout())) {
      queues.forEach(q -> part.decided(q, q.offer(message, false)));
      return;
    }
    if (offerEachOrHold(route.memory(), part, queues)) {
      part.timer(
          timers.schedule(
              part::cancel,
              heldCalls.waitNanos(route.settings().blockTimeout(), request.deadlineNanos()),
              TimeUnit.NANOSECONDS));
    } else {
      heldCalls.giveBack(route.fanout());
    }
  }

  /**
   * Returns whether any queue holds the offer. Without memory for held offers, full queues drop at
   * once.
   */
  private boolean offerEachOrHold(
      MemoryShare memory, PendingBroadcast.FanoutPart part, List<MessageQueue> queues) {
    Message message = part.message();
    boolean anyHeld = false;
    // The memory of one held offer is taken ahead; the last, unused one is given back.
    boolean mayHold = memory.tryTakeOffer();
    for (MessageQueue queue : queues) {
      if (!mayHold) {
        part.decided(queue, queue.offer(message, false));
        continue;
      }
      HeldOffer offer = part.newOffer(queue);
      OfferResult result = queue.offerOrHold(offer);
      if (result == OfferResult.HELD) {
        anyHeld = true;
        mayHold = memory.tryTakeOffer();
      } else {
        part.notHeld(offer);
        part.decided(queue, result);
      }
    }
    if (mayHold) {
      memory.giveBackOffer();
    }
    return anyHeld;
  }

  /**
   * Reserves room at all queues, or at none. {@code Plan} sorts queues by address, so that two
   * competing broadcasts cannot reject each other.
   */
  private static void offerAllOrNone(
      Message message, PendingBroadcast.FanoutPart part, List<MessageQueue> queues) {
    List<MessageQueue> targeted = new ArrayList<>(queues);
    List<MessageQueue> reserved = new ArrayList<>(queues.size());
    List<MessageQueue> unconnected = new ArrayList<>();
    for (MessageQueue queue : queues) {
      OfferResult result = queue.reserve(message);
      switch (result) {
        case RESERVED -> reserved.add(queue);
        case NOT_CONNECTED -> unconnected.add(queue);
        case FULL, TOO_LARGE -> {
          reserved.forEach(q -> q.release(message));
          DropReason reason =
              result == OfferResult.FULL ? DropReason.QUEUE_FULL : DropReason.TOO_LARGE;
          targeted.forEach(q -> q.countRefused(reason));
          part.refused(result, targeted);
          return;
        }
        case CLOSED, STOPPED -> {
          part.decided(queue, result);
          targeted.remove(queue);
        }
        case ACCEPTED, WAITING, HELD ->
            throw new IllegalStateException("reserve returned an unexpected result: " + result);
      }
    }
    reserved.forEach(q -> part.decided(q, q.commit(message)));
    unconnected.forEach(q -> part.decided(q, q.offer(message, false)));
  }
}
