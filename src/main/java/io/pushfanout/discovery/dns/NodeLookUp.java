package io.pushfanout.discovery.dns;

import io.netty.handler.codec.dns.DnsRecordType;
import io.pushfanout.discovery.dns.DnsFailure.Kind;
import io.pushfanout.discovery.dns.Reply.Data;
import io.pushfanout.discovery.source.SourceNodes.Found;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Registrations.Malformed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One look-up of the nodes of a name, by the rules of the C library: the first of the names to try
 * that has records is the answer. A name server that fails for one of them does not end the search,
 * since a search domain of a stranger may fail for good.
 */
final class NodeLookUp {
  private final DnsClient client;
  private final ResolvConf conf;
  private final Discovery.Dns dns;
  private final @Nullable String usual;
  private final List<String> names;

  /**
   * The nodes of a name.
   *
   * @param name the absolute name that has the records; null if none has any
   */
  record Answer(@Nullable String name, Found found) {}

  /**
   * @param usual the absolute name that had the records last; null: none. Its failure fails the
   *     look-up, since another name would be another set of nodes
   */
  NodeLookUp(DnsClient client, ResolvConf conf, Discovery.Dns dns, @Nullable String usual) {
    this.client = client;
    this.conf = conf;
    this.dns = dns;
    this.usual = usual;
    String name = dns.srv() == null ? Objects.requireNonNull(dns.name()) : dns.srv();
    this.names =
        conf.candidates(name).stream()
            .filter(candidate -> candidate.length() <= Bounds.DNS_NAME_MAX + 1)
            .toList();
  }

  /**
   * Starts the look-up.
   *
   * @return fails with {@link DnsFailure}
   */
  CompletableFuture<Answer> start() {
    return from(0, null);
  }

  /**
   * @param index number of names without records
   * @param failure the failure of one of them; null: none has failed
   */
  private CompletableFuture<Answer> from(int index, @Nullable DnsFailure failure) {
    if (index == names.size()) {
      return failure == null
          ? CompletableFuture.completedFuture(
              new Answer(null, new Found(Set.of(), Set.of(), List.of())))
          : CompletableFuture.failedFuture(failure);
    }
    String name = names.get(index);
    return records(name)
        .handle(
            (records, thrown) ->
                thrown == null
                    ? found(index, failure, records)
                    : failed(index, ServerRotation.failure(thrown)))
        .thenCompose(step -> step);
  }

  private CompletableFuture<Answer> found(
      int index, @Nullable DnsFailure failure, List<Data> records) {
    String name = names.get(index);
    return records.isEmpty()
        ? from(index + 1, failure)
        : CompletableFuture.completedFuture(new Answer(name, nodes(name, records)));
  }

  private CompletableFuture<Answer> failed(int index, DnsFailure here) {
    return here.kind() == Kind.SERVFAIL && !names.get(index).equals(usual)
        ? from(index + 1, here)
        : CompletableFuture.failedFuture(here);
  }

  /** The outcome of one query. */
  private record Outcome(List<Data> records, @Nullable DnsFailure failure) {
    static Outcome of(@Nullable Reply reply, @Nullable Throwable thrown) {
      return new Outcome(
          reply == null ? List.of() : reply.records(),
          thrown == null ? null : ServerRotation.failure(thrown));
    }

    /**
     * Returns the outcome of both queries. With the records of one type alone the nodes of the
     * other would go, so the failure of the other fails both, and the search does not go on.
     */
    Outcome and(Outcome other) {
      List<Data> all = new ArrayList<>(records);
      all.addAll(other.records);
      DnsFailure worse = failure == null || isMilderThan(other) ? other.failure : failure;
      return worse == null || all.isEmpty()
          ? new Outcome(all, worse)
          : new Outcome(List.of(), new DnsFailure(Kind.OTHER, String.valueOf(worse.getMessage())));
    }

    /** Returns whether the search would go on after this failure, and not after the other's. */
    private boolean isMilderThan(Outcome other) {
      return failure != null
          && failure.kind() == Kind.SERVFAIL
          && other.failure != null
          && other.failure.kind() != Kind.SERVFAIL;
    }

    CompletableFuture<List<Data>> future() {
      return failure == null
          ? CompletableFuture.completedFuture(records)
          : CompletableFuture.failedFuture(failure);
    }
  }

  /** Returns the records of all types that give nodes. */
  private CompletableFuture<List<Data>> records(String name) {
    if (dns.srv() != null) {
      return ask(name, DnsRecordType.SRV).thenCompose(Outcome::future);
    }
    CompletableFuture<Outcome> six = ask(name, DnsRecordType.AAAA);
    return ask(name, DnsRecordType.A).thenCombine(six, Outcome::and).thenCompose(Outcome::future);
  }

  private CompletableFuture<Outcome> ask(String name, DnsRecordType type) {
    return new ServerRotation(client, conf.servers(), name, type).ask().handle(Outcome::of);
  }

  private Found nodes(String name, List<Data> records) {
    Set<NodeAddress> nodes = new HashSet<>();
    List<Malformed> malformed = new ArrayList<>();
    for (Data record : records) {
      switch (record) {
        case Data.Address(String host) ->
            nodes.add(new NodeAddress(host, Objects.requireNonNull(dns.port())));
        case Data.Service(String target, int port) -> add(target, port, nodes, malformed);
        case Data.Unreadable(String problem) -> malformed.add(new Malformed(name, problem));
      }
    }
    return new Found(nodes, Set.of(), malformed);
  }

  private static void add(
      String target, int port, Set<NodeAddress> nodes, List<Malformed> malformed) {
    if (target.isEmpty()) {
      return; // The answer of a domain that does not offer the service.
    }
    try {
      nodes.add(new NodeAddress(target, port));
    } catch (IllegalArgumentException e) {
      malformed.add(new Malformed(target + ":" + port, String.valueOf(e.getMessage())));
    }
  }
}
