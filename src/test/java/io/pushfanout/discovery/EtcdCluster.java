package io.pushfanout.discovery;

import io.pushfanout.tools.Ports;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A cluster of three real etcds on loopback. */
public final class EtcdCluster implements AutoCloseable {
  private static final int MEMBERS = 3;

  private final List<EtcdServer> members = new ArrayList<>();

  private EtcdCluster() {
    List<Integer> peers = IntStream.range(0, MEMBERS).mapToObj(_ -> Ports.free()).toList();
    String cluster =
        String.join(
            ",",
            IntStream.range(0, MEMBERS)
                .mapToObj(i -> "m%d=http://127.0.0.1:%d".formatted(i, peers.get(i)))
                .toList());
    for (int i = 0; i < MEMBERS; i++) {
      members.add(new EtcdServer("m" + i, peers.get(i), cluster, List.of()));
    }
  }

  /** Starts a cluster and returns it once each member serves requests. */
  public static EtcdCluster started() {
    EtcdCluster cluster = new EtcdCluster();
    try {
      cluster.members.forEach(EtcdServer::launch);
      cluster.members.forEach(EtcdServer::awaitReady);
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  public List<EtcdServer> members() {
    return List.copyOf(members);
  }

  /** Returns all members but one. */
  public List<EtcdServer> others(EtcdServer member) {
    return members.stream().filter(other -> !other.equals(member)).toList();
  }

  /** Returns a proxy for each member, in the members' order. */
  public List<TcpProxy> networks() {
    return members.stream().map(member -> new TcpProxy(member.clientPort())).toList();
  }

  @Override
  public void close() {
    members.forEach(EtcdServer::close);
  }
}
