package io.pushfanout.simulation;

import io.pushfanout.model.NodeAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A connect-node, or a proxy with its nodes: its connections, and the messages that it has
 * received.
 */
final class SimulatedNode {
  final NodeAddress address;
  final Scheduler scheduler;
  private final List<ServerConnection> connections = new ArrayList<>();
  private final List<Link> links = new ArrayList<>();
  private Manners manners = new Manners();

  /** Receipts of each message, by its number. */
  final Map<Long, Integer> received = new HashMap<>();

  /** Received messages, in order. */
  final List<Long> order = new ArrayList<>();

  long lastByStreamNanos = -1;

  /** Number of connections so far, and below it of replies other than OK. */
  int accepted;

  long errors;
  private int answers;
  long badSince = -1;
  long absentSince = -1;
  long goodSince;

  SimulatedNode(NodeAddress address, Scheduler scheduler) {
    this.address = address;
    this.scheduler = scheduler;
  }

  Manners manners() {
    return manners;
  }

  /** Changes the node's behaviour from now on. */
  void behave(Consumer<Manners> change) {
    Manners next = new Manners();
    change.accept(next);
    boolean wasGood = manners.isGood();
    manners = next;
    long now = scheduler.elapsed();
    if (!wasGood || !next.isGood()) {
      goodSince = now;
    }
    absentSince = !next.isAbsent() ? -1 : absentSince < 0 ? now : absentSince;
    badSince = next.calls == Answer.INTERNAL && next.streams == Answer.INTERNAL ? now : -1;
    // Closed connections count too: their ends are under way.
    links.forEach(link -> link.silent(next.silent));
    connections().forEach(ServerConnection::mannersChanged);
  }

  ServerConnection accept(Link link) {
    ServerConnection connection = new ServerConnection(this, link);
    connections.add(connection);
    links.add(link);
    link.silent(manners.silent);
    accepted++;
    connection.begin();
    return connection;
  }

  void gone(ServerConnection connection) {
    connections.remove(connection);
  }

  List<ServerConnection> connections() {
    return List.copyOf(connections);
  }

  void received(long message, boolean byStream) {
    received.merge(message, 1, Integer::sum);
    order.add(message);
    if (byStream) {
      lastByStreamNanos = scheduler.elapsed();
    }
    scheduler.trace(this, byStream ? "receives by a stream" : "receives by a call", message);
  }

  /** Returns the reply to the next call or envelope. */
  Answer nextAnswer(Answer usual) {
    answers++;
    boolean odd = usual == Answer.OK && manners.oddEach > 0 && answers % manners.oddEach == 0;
    return odd ? manners.odd : usual;
  }

  // ---- events of the node as a whole

  /** Kills the process: every connection breaks. */
  void kill() {
    scheduler.trace(this, "is killed");
    connections().forEach(ServerConnection::reset);
  }

  /** Removes the node's machine: its connections stay open at our side alone. */
  void vanish() {
    scheduler.trace(this, "vanishes");
    links.forEach(link -> link.silent(true));
    links.clear();
    connections.clear();
  }

  /** Closes the connections without GOAWAY. */
  void hangUp() {
    scheduler.trace(this, "hangs up");
    connections().forEach(ServerConnection::finish);
  }

  /** Ends the connections in order. */
  void leave() {
    scheduler.trace(this, "leaves");
    connections().forEach(ServerConnection::leave);
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
