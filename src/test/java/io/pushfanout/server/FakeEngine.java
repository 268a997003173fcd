package io.pushfanout.server;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.model.BroadcastOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine that takes the server's broadcasts, and replies at once as scripted, or holds the call.
 */
public final class FakeEngine implements Broadcasts {
  /** A broadcast that the engine received. */
  public record Taken(
      BroadcastRequest request, Consumer<BroadcastResult> answer, BlockingQueue<String> hookRuns) {}

  public final BlockingQueue<Taken> taken = new LinkedBlockingQueue<>();
  private volatile @Nullable BroadcastResult answer = answered(1, 0);
  private volatile BroadcastResult.@Nullable Refused unreachable;

  public static BroadcastResult answered(int accepted, int dropped, String... droppedNodes) {
    return new BroadcastResult.Answered(
        new BroadcastOutcome(accepted, dropped, List.of(droppedNodes)));
  }

  public static BroadcastResult refused(
      BroadcastResult.Reason reason, String message, @Nullable Duration retryAfter) {
    return new BroadcastResult.Refused(reason, message, retryAfter);
  }

  public void answerWith(BroadcastResult result) {
    answer = result;
  }

  /** Holds all later calls until the test replies to them. */
  public void hold() {
    answer = null;
  }

  @Override
  public Runnable broadcast(BroadcastRequest request, Consumer<BroadcastResult> answerTo) {
    Taken broadcast = new Taken(request, answerTo, new LinkedBlockingQueue<>());
    // The reply is read before the test sees the call: later scripts of the test are for later
    // calls.
    BroadcastResult now = answer;
    taken.add(broadcast);
    if (now != null) {
      answerTo.accept(now);
    }
    return () -> broadcast.hookRuns().add("run");
  }

  /** Refuses each target from now on, before its message. */
  public void refuseTargets(BroadcastResult.Refused refusal) {
    unreachable = refusal;
  }

  @Override
  public BroadcastResult.@Nullable Refused refusal(BroadcastRequest.Target target) {
    return unreachable;
  }

  public Taken next() throws InterruptedException {
    Taken next = taken.poll(10, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("the engine was handed nothing");
    }
    return next;
  }
}
