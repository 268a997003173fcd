package io.pushfanout.discovery.dns;

import com.google.common.base.Throwables;
import io.netty.handler.codec.dns.DnsRecordType;
import io.pushfanout.discovery.dns.DnsFailure.Kind;
import io.pushfanout.text.Causes;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A query of one name and type that tries the name servers in their order until one answers. Where
 * none has answered, all are tried once more: a packet may have been lost.
 */
final class ServerRotation {
  private final DnsClient client;
  private final List<InetSocketAddress> servers;
  private final String name;
  private final DnsRecordType type;

  ServerRotation(
      DnsClient client, List<InetSocketAddress> servers, String name, DnsRecordType type) {
    this.client = client;
    this.servers = servers;
    this.name = name;
    this.type = type;
  }

  /**
   * Returns the first answer.
   *
   * @return fails with {@link DnsFailure}, which names the query
   */
  CompletableFuture<Reply> ask() {
    return attempt(0, true);
  }

  /**
   * @param index number of earlier attempts
   * @param silent whether none of them had an answer
   */
  private CompletableFuture<Reply> attempt(int index, boolean silent) {
    InetSocketAddress server = servers.get(index % servers.size());
    return client
        .query(server, name, type)
        .exceptionallyCompose(
            thrown -> {
              DnsFailure failure = failure(thrown);
              boolean stillSilent = silent && failure.kind() == Kind.TIMEOUT;
              int attempts = stillSilent ? 2 * servers.size() : servers.size();
              return index + 1 < attempts
                  ? attempt(index + 1, stillSilent)
                  : CompletableFuture.failedFuture(named(failure, server));
            });
  }

  private DnsFailure named(DnsFailure failure, InetSocketAddress server) {
    return new DnsFailure(
        failure.kind(),
        "%s of %s for %s %s"
            .formatted(
                failure.getMessage(), server.getAddress().getHostAddress(), name, type.name()));
  }

  /** Returns the failure of a query in whatever exceptions of futures. */
  static DnsFailure failure(Throwable thrown) {
    return Throwables.getCausalChain(thrown).stream()
        .filter(DnsFailure.class::isInstance)
        .map(DnsFailure.class::cast)
        .findFirst()
        .orElseGet(() -> new DnsFailure(Kind.OTHER, Causes.text(thrown)));
  }
}
