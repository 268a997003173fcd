package io.pushfanout.fanout;

import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.FanoutName;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the fanouts that a broadcast is for. */
final class Targets {
  private final @Nullable FanoutName defaultTarget;

  /** What was found. */
  sealed interface Resolution {
    record Found(Collection<Routes.Route> routes) implements Resolution {}

    /** It is for nobody, and its caller is told why. */
    record None(BroadcastResult.Refused refused, CallOutcome outcome) implements Resolution {}
  }

  /**
   * @param defaultTarget for broadcasts without a target where there are several fanouts
   */
  Targets(@Nullable FanoutName defaultTarget) {
    this.defaultTarget = defaultTarget;
  }

  /**
   * @param now null while there are no routes yet
   */
  Resolution resolve(BroadcastRequest.Target target, @Nullable Routes now) {
    if (now == null) {
      return unavailable("the nodes are not known yet");
    }
    return switch (target) {
      case BroadcastRequest.Target.All() -> known(now.byFanout().values());
      case BroadcastRequest.Target.Named(FanoutName fanout) -> named(now, fanout);
      case BroadcastRequest.Target.Unnamed() -> unnamed(now);
    };
  }

  private static Resolution named(Routes now, FanoutName fanout) {
    Routes.Route route = now.byFanout().get(fanout);
    return route == null
        ? none(
            BroadcastResult.Reason.UNKNOWN_TARGET,
            "there is no fanout " + fanout,
            CallOutcome.INVALID)
        : known(List.of(route));
  }

  /** A fanout whose nodes are not known yet is not served by guessing that it has none. */
  private static Resolution known(Collection<Routes.Route> found) {
    for (Routes.Route route : found) {
      if (!route.known()) {
        String why = route.desired().discovered().trouble().map(": "::concat).orElse("");
        return unavailable("the nodes of fanout " + route.fanout() + " are not known yet" + why);
      }
    }
    return new Resolution.Found(found);
  }

  private Resolution unnamed(Routes now) {
    if (now.byFanout().size() <= 1) {
      return known(now.byFanout().values());
    }
    return defaultTarget == null
        ? none(
            BroadcastResult.Reason.TARGET_REQUIRED,
            "there are %d fanouts: name one by the metadata pushfanout-target: <namespace>/<name>,"
                    .formatted(now.byFanout().size())
                + " or all",
            CallOutcome.INVALID)
        : named(now, defaultTarget);
  }

  static Resolution unavailable(String message) {
    return none(BroadcastResult.Reason.UNAVAILABLE, message, CallOutcome.UNAVAILABLE);
  }

  private static Resolution none(
      BroadcastResult.Reason reason, String message, CallOutcome outcome) {
    return new Resolution.None(new BroadcastResult.Refused(reason, message, null), outcome);
  }
}
