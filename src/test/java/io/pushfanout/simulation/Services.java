package io.pushfanout.simulation;

import static io.pushfanout.simulation.Checks.require;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Histories of fanouts whose nodes come from a registry. */
final class Services {
  private static final FanoutName LIVE = FanoutName.DEFAULT;
  private static final FanoutName TEST = new FanoutName("default", "test");
  private static final long SECOND = 1_000 * Simulation.MILLI;

  private Services() {}

  private static Discovery etcd(String service) {
    return new Discovery.Etcd(service, Duration.ofSeconds(30));
  }

  /** Makes a world whose first nodes are blue, and whose next nodes are green. */
  private static void begin(Script s, int blue, int green, Map<FanoutName, Discovery> fanouts) {
    s.settings(b -> b.drainTimeout(Duration.ofMillis(s.pick(0, 500))));
    s.begin =
        x -> {
          x.fanouts(fanouts, s.settings);
          x.registered("blue", x.addresses(0, blue), Set.of());
          x.registered("green", x.addresses(blue, green), Set.of());
        };
  }

  static void goesTo(Simulation x, FanoutName fanout, Set<NodeAddress> nodes) {
    Broadcast broadcast = x.broadcast(fanout, 32, 0);
    x.scheduler.after(
        SECOND / 2,
        () -> {
          List<NodeAddress> received =
              x.nodes().stream()
                  .filter(node -> node.received.containsKey(broadcast.id))
                  .map(node -> node.address)
                  .sorted()
                  .toList();
          require(
              received.equals(nodes.stream().sorted().toList()),
              Invariant.EDIT_REACHES_NEW_NODES_ALONE,
              "%s goes to %s instead of %s: %s",
              fanout,
              received,
              nodes,
              broadcast.result);
        });
  }

  static void isUnknown(Simulation x, FanoutName fanout) {
    Broadcast broadcast = x.broadcast(fanout, 32, 0);
    x.scheduler.after(
        SECOND / 10,
        () ->
            require(
                Checks.isRefused(broadcast),
                Invariant.SILENT_SOURCE_IS_UNKNOWN,
                "%s, by registrations of before",
                broadcast.result));
  }

  /** An edit changes a fanout's service to one with registrations. */
  static void edited(Script s) {
    int blue = s.between(2, 5);
    int green = s.between(1, 4);
    s.nodes = blue + green;
    begin(s, blue, green, Map.of(LIVE, etcd("blue")));
    int at = s.between(700, 2_000);
    s.at(
        at,
        "live is edited from blue to green",
        x -> x.fanouts(Map.of(LIVE, etcd("green")), x.settings()));
    s.at(at + 1_100, "live is to be green", x -> goesTo(x, LIVE, x.addresses(blue, green)));
    s.flow(500, at + 1_500, 20);
    s.behaveAtMillis = at + 2_000;
  }

  static void swapped(Script s) {
    int blue = s.between(2, 5);
    int green = s.between(2, 4);
    s.nodes = blue + green;
    begin(s, blue, green, Map.of(LIVE, etcd("blue"), TEST, etcd("green")));
    int at = s.between(700, 2_000);
    s.at(
        at,
        "live and test swap their services",
        x -> x.fanouts(Map.of(LIVE, etcd("green"), TEST, etcd("blue")), x.settings()));
    s.at(
        at + 1_100,
        "live is to be green, test blue",
        x -> {
          goesTo(x, LIVE, x.addresses(blue, green));
          goesTo(x, TEST, x.addresses(0, blue));
        });
    s.flow(500, at + 1_500, 20);
    s.behaveAtMillis = at + 2_000;
  }

  /** A fanout is deleted, and made again while the registry is silent. */
  static void madeAgain(Script s) {
    int blue = s.between(1, 3);
    s.nodes = blue;
    begin(s, blue, 1, Map.of(LIVE, etcd("blue")));
    int gone = s.between(600, 1_500);
    int again = gone + s.between(300, 3_000);
    s.at(gone, "the fanout is deleted", x -> x.remove(LIVE));
    s.at(again, "the fanout is made again", x -> x.fanouts(Map.of(LIVE, etcd("blue")), s.settings));
    s.at(again + 300, "a broadcast meets a silent source", x -> isUnknown(x, LIVE));
    s.at(
        again + 600,
        "the registry answers",
        x -> x.registered("blue", x.addresses(0, blue), x.addresses(0, blue)));
    s.behaveAtMillis = again + 700;
  }
}
