package io.pushfanout.broadcast;

import io.pushfanout.broadcast.Targets.Resolution;
import io.pushfanout.broadcast.Targets.Resolution.Found;
import io.pushfanout.broadcast.Targets.Resolution.None;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.queue.HeldOffer;
import io.pushfanout.queue.HeldPayload;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.queue.MemoryShare;
import io.pushfanout.queue.Message;
import io.pushfanout.queue.OfferResult;
import io.pushfanout.share.Shares;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Offers one message to the queue of every node that it is for, and answers with what they said.
 * May be called from any thread, and blocks none.
 */
public final class Broadcaster {
  /**
   * Callers held at a time by policy Block, of which each fanout has its share; beyond it a full
   * queue drops at once.
   */
  private static final int HELD_CALLS_MAX = 8192;

  /**
   * A held caller is answered this long before its deadline, or a quarter of what is left of it.
   */
  private static final long ANSWER_BEFORE_DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Supplier<@Nullable Routes> routes;
  private final Targets targets;
  private final Totals totals;
  private final MemoryBudget memory;
  private final ScheduledExecutorService timers;
  private final LongSupplier nanoClock;
  private final OfferCancellations withdrawals;
  private volatile boolean stopped;

  /** By fanout. */
  private final Shares heldCalls = new Shares(HELD_CALLS_MAX);

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
    this.nanoClock = nanoClock;
    this.withdrawals = new OfferCancellations(timers);
  }

  /**
   * Broadcasts. The answer comes before this returns, unless a queue of policy {@code Block} makes
   * the caller wait.
   *
   * @param answer is told exactly once, on any thread
   * @return to be run when the caller no longer waits: it ends the waiting, and changes nothing
   *     else
   */
  public Runnable broadcast(BroadcastRequest request, Consumer<BroadcastResult> answer) {
    return switch (resolve(request.target())) {
      case Found(Collection<Routes.Route> found) -> offer(request, found, answer);
      case None(BroadcastResult.Refused refused, CallOutcome outcome) ->
          refuse(refused, outcome, answer);
    };
  }

  private Runnable refuse(
      BroadcastResult.Refused refused, CallOutcome outcome, Consumer<BroadcastResult> answer) {
    totals.noFanout().countBroadcast(outcome);
    answer.accept(refused);
    return () -> {};
  }

  private Resolution resolve(BroadcastRequest.Target target) {
    return stopped
        ? Targets.unavailable("the server is shutting down")
        : targets.resolve(target, routes.get());
  }

  /** Why a broadcast to all fanouts would find no routes now; empty where it would. */
  public Optional<String> whyUnavailable() {
    return switch (resolve(new BroadcastRequest.Target.All())) {
      case Found _ -> Optional.empty();
      case None(BroadcastResult.Refused refused, _) -> Optional.of(refused.message());
    };
  }

  /** From now on this explains, to callers, why the nodes of a fanout are not known. */
  public void explainBy(Function<FanoutName, Optional<String>> why) {
    targets.explainBy(why);
  }

  /** From now on every broadcast is refused; what is held is still decided. */
  public void stop() {
    stopped = true;
  }

  // ---- offering

  private Runnable offer(
      BroadcastRequest request, Collection<Routes.Route> found, Consumer<BroadcastResult> answer) {
    HeldPayload payload = HeldPayload.within(memory, request.payload());
    if (payload == null) {
      return refuse(MemoryRefusal.of(memory), CallOutcome.LIMITED, answer);
    }
    if (found.size() == 1) {
      Routes.Route only = found.iterator().next();
      if (!only.memory().hasRoom(payload.cost())) {
        payload.release();
        only.totals().countBroadcast(CallOutcome.LIMITED);
        answer.accept(MemoryRefusal.of(memory, only.fanout()));
        return () -> {};
      }
    }
    PendingBroadcast pending =
        new PendingBroadcast(
            request, payload, answer, totals.noFanout(), withdrawals, heldCalls::giveBack);
    if (request.nodes() == null || found.isEmpty()) {
      found.forEach(route -> offer(request, pending, route, route.clients()));
    } else {
      offerTo(request.nodes(), request, pending, found);
    }
    pending.offered();
    return pending::giveUp;
  }

  private void offerTo(
      Set<NodeAddress> nodes,
      BroadcastRequest request,
      PendingBroadcast pending,
      Collection<Routes.Route> found) {
    Set<NodeAddress> strangers = new HashSet<>(nodes);
    found.forEach(route -> route.clients().forEach(client -> strangers.remove(client.address())));
    strangers.stream().sorted().forEach(pending::stranger);
    for (Routes.Route route : found) {
      List<Recipient> chosen =
          route.clients().stream().filter(client -> nodes.contains(client.address())).toList();
      if (!chosen.isEmpty() || found.size() == 1) {
        offer(request, pending, route, chosen);
      }
    }
  }

  private void offer(
      BroadcastRequest request,
      PendingBroadcast pending,
      Routes.Route route,
      List<Recipient> clients) {
    PendingBroadcast.Share share = pending.share(route, clients);
    if (share == null) {
      return;
    }
    Message message = share.message();
    switch (route.settings().overflowPolicy()) {
      case DROP_NEWEST -> clients.forEach(c -> share.decided(c, c.offer(message, false)));
      case DROP_OLDEST -> clients.forEach(c -> share.decided(c, c.offer(message, true)));
      case BLOCK -> offerOrHold(request, message, share, route, clients);
      case REJECT -> offerAllOrNone(message, share, clients);
    }
  }

  private void offerOrHold(
      BroadcastRequest request,
      Message message,
      PendingBroadcast.Share share,
      Routes.Route route,
      List<Recipient> clients) {
    if (!heldCalls.tryTake(route.fanout())) {
      clients.forEach(c -> share.decided(c, c.offer(message, false)));
      return;
    }
    if (offerAllOrHold(route.memory(), share, clients)) {
      share.timer(
          timers.schedule(share::giveUp, patienceNanos(request, route), TimeUnit.NANOSECONDS));
    } else {
      heldCalls.giveBack(route.fanout());
    }
  }

  /** Whether any queue has held it. Where there is no memory for that, full queues drop at once. */
  private boolean offerAllOrHold(
      MemoryShare memory, PendingBroadcast.Share share, List<Recipient> clients) {
    Message message = share.message();
    boolean anyHeld = false;
    boolean mayHold = memory.tryTakeOffer();
    for (Recipient client : clients) {
      if (!mayHold) {
        share.decided(client, client.offer(message, false));
        continue;
      }
      HeldOffer offer = share.hold(client);
      OfferResult admission = client.offerOrHold(offer);
      if (admission == OfferResult.HELD) {
        anyHeld = true;
        mayHold = memory.tryTakeOffer();
      } else {
        share.notHeld(offer);
        share.decided(client, admission);
      }
    }
    if (mayHold) {
      memory.giveBackOffer();
    }
    return anyHeld;
  }

  private long patienceNanos(BroadcastRequest request, Routes.Route route) {
    long patience = route.settings().blockTimeout().toNanos();
    if (request.deadlineNanos() == Long.MAX_VALUE) {
      return patience;
    }
    long left = request.deadlineNanos() - nanoClock.getAsLong();
    return Math.min(patience, left - Math.min(ANSWER_BEFORE_DEADLINE_NANOS, left / 4));
  }

  /**
   * Reserves in the order of addresses, as every such broadcast does: of two that compete, one gets
   * all.
   */
  private static void offerAllOrNone(
      Message message, PendingBroadcast.Share share, List<Recipient> clients) {
    List<Recipient> asked = new ArrayList<>(clients);
    List<Recipient> reserved = new ArrayList<>(clients.size());
    List<Recipient> unconnected = new ArrayList<>();
    for (Recipient client : clients) {
      OfferResult admission = client.reserve(message);
      switch (admission) {
        case RESERVED -> reserved.add(client);
        case NOT_CONNECTED -> unconnected.add(client);
        case FULL, TOO_LARGE -> {
          reserved.forEach(c -> c.release(message));
          DropReason reason =
              admission == OfferResult.FULL ? DropReason.QUEUE_FULL : DropReason.TOO_LARGE;
          asked.forEach(c -> c.countRefused(reason));
          share.refused(admission, asked);
          return;
        }
        case CLOSED, STOPPED -> {
          share.decided(client, admission);
          asked.remove(client);
        }
        case GRANTED, QUEUED, HELD ->
            throw new IllegalStateException("not an answer to reserve: " + admission);
      }
    }
    reserved.forEach(c -> share.decided(c, c.commit(message)));
    unconnected.forEach(c -> share.decided(c, c.offer(message, false)));
  }
}
