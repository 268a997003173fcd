package io.pushfanout.simulation;

import java.util.List;

/** Histories of names, addresses and dials. */
final class Names {
  private static final int ELSEWHERE = 100;

  private Names() {}

  /**
   * Nodes restart at other addresses, like a StatefulSet's pods, with or without an announcement.
   */
  static void moving(Script s) {
    s.named = true;
    int at = s.between(1_000, 4_000);
    boolean swallows = s.random.nextBoolean();
    boolean vanish = s.random.nextInt(3) == 0;
    // Names often change a little later, during the dial of the old address.
    int later = s.pick(0, 50, 600);
    s.at(
        at,
        "all nodes move, their old addresses " + (swallows ? "swallow" : "refuse"),
        x -> {
          List<SimulatedNode> nodes = List.copyOf(x.nodes());
          for (int i = 0; i < nodes.size(); i++) {
            x.network.goesAway(Simulation.ip(i));
            if (swallows) {
              x.network.dead(Simulation.ip(i));
            }
            x.network.listens(Simulation.ip(ELSEWHERE + i), nodes.get(i));
            if (vanish) {
              nodes.get(i).vanish();
            } else {
              nodes.get(i).kill();
            }
          }
        });
    s.at(
        at + later,
        "their names follow",
        x -> {
          List<SimulatedNode> nodes = List.copyOf(x.nodes());
          for (int i = 0; i < nodes.size(); i++) {
            x.network.name(nodes.get(i).address.host(), Simulation.ip(ELSEWHERE + i));
          }
        });
    s.behaveAtMillis = at + later + (vanish ? 1_200 : s.pick(1, 200, 1_000));
    s.announced = vanish || s.random.nextBoolean();
    s.flow(500, s.behaveAtMillis, 20);
  }

  /** Each name has two addresses, one of which discards all packets. */
  static void swallowing(Script s) {
    s.named = true;
    int at = s.between(1_000, 14_000);
    boolean first = s.random.nextBoolean();
    s.at(
        0,
        "each name has an address that swallows",
        x -> {
          for (int i = 0; i < s.nodes; i++) {
            String dead = Simulation.ip(ELSEWHERE + i);
            x.network.dead(dead);
            String host = x.address(i).host();
            if (first) {
              x.network.name(host, dead, Simulation.ip(i));
            } else {
              x.network.name(host, Simulation.ip(i), dead);
            }
          }
        });
    s.at(at, "all nodes are killed", x -> x.nodes().forEach(SimulatedNode::kill));
    s.behaveAtMillis = at + 5;
    s.flow(500, at, 20);
  }

  /** A dial hangs while the node comes back and is announced. */
  static void announcedDuringADial(Script s) {
    s.named = s.random.nextBoolean();
    int from = s.between(500, 2_000);
    boolean lookUp = s.named && s.random.nextBoolean();
    s.at(
        from,
        lookUp ? "name servers hang, nodes are killed" : "dials are swallowed, nodes are killed",
        x -> {
          for (SimulatedNode node : x.nodes()) {
            if (lookUp) {
              x.network.nameServer(node.address.host(), SimulatedNetwork.Names.HANG);
            } else {
              node.behave(s.manners.andThen(m -> m.dials = Manners.Dials.SWALLOWS));
            }
            node.kill();
          }
        });
    s.behaveAtMillis = from + s.between(300, 7_000);
    s.announced = true;
    s.flow(300, from, 20);
  }

  /** Look-ups fail, also by an Error: the JDK cannot start a thread. */
  static void failingLookUps(Script s) {
    s.named = true;
    int from = s.between(500, 2_000);
    SimulatedNetwork.Names how =
        s.oneOf(SimulatedNetwork.Names.THROW, SimulatedNetwork.Names.UNKNOWN);
    s.at(
        from,
        "look-ups " + how + ", nodes are killed",
        x ->
            x.nodes()
                .forEach(
                    node -> {
                      x.network.nameServer(node.address.host(), how);
                      node.kill();
                    }));
    s.behaveAtMillis = from + s.between(300, 2_000);
    // An announcement alone would replace a dial that has got stuck, so only half of the histories
    // have one.
    s.announced = s.random.nextBoolean();
    s.flow(300, from, 20);
  }
}
