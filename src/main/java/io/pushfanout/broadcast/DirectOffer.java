package io.pushfanout.broadcast;

import io.pushfanout.interest.RoomName;
import io.pushfanout.model.DropReason;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.queue.FanoutTotals;
import io.pushfanout.queue.HeldPayload;
import io.pushfanout.queue.Message;
import io.pushfanout.queue.MessageQueue;
import io.pushfanout.queue.MessageQueue.OfferResult;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An offer to queues that decide at once, because their policies drop. The decisions need no lock,
 * and no object for each queue. All other offers are a {@link PendingBroadcast}.
 */
final class DirectOffer {
  private DirectOffer() {}

  /** Returns whether no queue of these routes can hold the caller or veto. */
  static boolean isEnough(Collection<Routes.Route> found) {
    for (Routes.Route route : found) {
      switch (route.settings().overflowPolicy()) {
        case BLOCK, REJECT -> {
          return false;
        }
        case DROP_NEWEST, DROP_OLDEST -> {}
      }
    }
    return true;
  }

  /**
   * Offers the message to each queue of the routes, releases the payload, and returns the result.
   *
   * @param room room of the message; null for every node
   * @param noFanout totals of broadcasts that no fanout counts
   */
  static BroadcastResult offer(
      HeldPayload payload,
      @Nullable RoomName room,
      Collection<Routes.Route> found,
      FanoutTotals noFanout) {
    ResultAccumulator results = new ResultAccumulator();
    for (Routes.Route route : found) {
      offer(payload, room, route, results);
    }
    payload.release();
    results.count(noFanout);
    return results.result();
  }

  private static void offer(
      HeldPayload payload, @Nullable RoomName room, Routes.Route route, ResultAccumulator results) {
    ResultAccumulator.FanoutResult counts = results.add(route);
    List<MessageQueue> queues = route.recipients().of(room);
    counts.skipped(route.queues().size() - queues.size());
    Message message = payload.messageFor(route.memory());
    if (message == null) {
      for (MessageQueue queue : queues) {
        queue.countRefused(DropReason.QUEUE_FULL);
        results.dropped(counts, queue.node());
      }
      return;
    }
    boolean evictOldest = route.settings().overflowPolicy() == OverflowPolicy.DROP_OLDEST;
    int refused = 1; // The broadcast itself is a holder until all queues have decided.
    message.retain(queues.size());
    for (int i = 0; i < queues.size(); i++) {
      MessageQueue queue = queues.get(i);
      OfferResult result = queue.offer(message, evictOldest);
      if (!result.isAccepted()) {
        refused++;
      }
      results.decided(counts, queue, result, false);
    }
    message.release(refused);
  }
}
