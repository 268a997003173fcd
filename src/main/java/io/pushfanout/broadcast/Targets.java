package io.pushfanout.broadcast;

import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.FanoutName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The resolver of targets, which finds the fanouts of a broadcast. */
final class Targets {
  private final BroadcastRequest.Target defaultTarget;
  private volatile Function<FanoutName, Optional<String>> whyUnknown = _ -> Optional.empty();
  private volatile Predicate<FanoutName> excused = _ -> false;

  /** The result of a resolution. */
  sealed interface Resolution {
    record Found(Collection<Routes.Route> routes) implements Resolution {}

    /** A refusal for the caller, in place of fanouts. */
    record None(BroadcastResult.Refused refused, CallOutcome outcome) implements Resolution {}
  }

  /**
   * @param defaultTarget target of broadcasts without one while there are several fanouts
   */
  Targets(BroadcastRequest.@Nullable Target defaultTarget) {
    this.defaultTarget =
        defaultTarget == null ? new BroadcastRequest.Target.Unnamed() : defaultTarget;
  }

  /** Sets the function that explains why the nodes of a fanout are not known yet. */
  void explainBy(Function<FanoutName, Optional<String>> why) {
    whyUnknown = why;
  }

  /** Sets the fanouts that {@link #resolveAllButExcused} leaves out while they have no nodes. */
  void excuseBy(Predicate<FanoutName> those) {
    excused = those;
  }

  /**
   * Returns the routes of all fanouts, or a refusal when the nodes of one are not known yet. A
   * fanout with unknown nodes is left out if it is excused.
   *
   * @param now the current routes; null before the first
   */
  Resolution resolveAllButExcused(@Nullable Routes now) {
    return now == null
        ? resolve(new BroadcastRequest.Target.All(), null)
        : known(
            now.byFanout().values().stream()
                .filter(route -> route.known() || !excused.test(route.fanout()))
                .toList());
  }

  /**
   * @param now the current routes; null before the first
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

  private Resolution named(Routes now, FanoutName fanout) {
    Routes.Route route = now.byFanout().get(fanout);
    return route == null
        ? none(
            BroadcastResult.Reason.UNKNOWN_TARGET,
            "there is no fanout " + fanout,
            CallOutcome.INVALID)
        : known(List.of(route));
  }

  /**
   * Returns these routes, or a refusal when the nodes of one fanout are not known yet: such a
   * fanout must not look like one without nodes.
   */
  private Resolution known(Collection<Routes.Route> found) {
    for (Routes.Route route : found) {
      if (!route.known()) {
        String why =
            whyUnknown
                .apply(route.fanout())
                .or(() -> route.desired().discovered().trouble())
                .map(": "::concat)
                .orElse("");
        return unavailable("the nodes of fanout " + route.fanout() + " are not known yet" + why);
      }
    }
    return new Resolution.Found(found);
  }

  private Resolution unnamed(Routes now) {
    if (now.byFanout().size() <= 1) {
      return known(now.byFanout().values());
    }
    return switch (defaultTarget) {
      case BroadcastRequest.Target.All() -> known(now.byFanout().values());
      case BroadcastRequest.Target.Named(FanoutName fanout) -> named(now, fanout);
      case BroadcastRequest.Target.Unnamed() ->
          none(
              BroadcastResult.Reason.TARGET_REQUIRED,
              "there are %d fanouts: name one by the metadata pushfanout-target: <namespace>/<name>,"
                      .formatted(now.byFanout().size())
                  + " or all",
              CallOutcome.INVALID);
    };
  }

  static Resolution unavailable(String message) {
    return none(BroadcastResult.Reason.UNAVAILABLE, message, CallOutcome.UNAVAILABLE);
  }

  private static Resolution none(
      BroadcastResult.Reason reason, String message, CallOutcome outcome) {
    return new Resolution.None(new BroadcastResult.Refused(reason, message, null), outcome);
  }
}
