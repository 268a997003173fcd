package io.pushfanout.discovery;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.etcd.jetcd.options.PutOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The leases of etcd, by one client. Every call is bounded, unlike jetcd's own. */
final class EtcdLeases implements Leases {
  private final CompletableFuture<Client> client;
  private final Duration timeout;

  /**
   * @param client the future client; cancelled when it is no longer needed
   * @param timeout time limit of each call
   */
  EtcdLeases(CompletableFuture<Client> client, Duration timeout) {
    this.client = client;
    this.timeout = timeout;
  }

  @Override
  public CompletableFuture<Long> grant(Duration ttl) {
    return bounded(opened -> opened.getLeaseClient().grant(ttl.toSeconds()))
        .thenApply(granted -> granted.getID());
  }

  /** Sends one keepalive: jetcd's standing keepalive ends silently when the lease does. */
  @Override
  public CompletableFuture<Boolean> keepAlive(long lease) {
    return bounded(opened -> opened.getLeaseClient().keepAliveOnce(lease))
        .thenApply(_ -> true)
        .exceptionallyCompose(
            failure ->
                isNotFound(failure)
                    ? CompletableFuture.completedFuture(false)
                    : CompletableFuture.failedFuture(failure));
  }

  private static boolean isNotFound(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (EtcdExceptionFactory.toEtcdException(at).getErrorCode() == ErrorCode.NOT_FOUND) {
        return true;
      }
    }
    return false;
  }

  @Override
  public CompletableFuture<Void> put(String key, String value, long lease) {
    PutOption option = PutOption.builder().withLeaseId(lease).build();
    return bounded(
            opened ->
                opened.getKVClient().put(EtcdClients.utf8(key), EtcdClients.utf8(value), option))
        .thenApply(_ -> null);
  }

  @Override
  public CompletableFuture<Long> leaseOf(String key) {
    return bounded(opened -> opened.getKVClient().get(EtcdClients.utf8(key)))
        .thenApply(
            found -> found.getKvs().stream().map(KeyValue::getLease).findFirst().orElse(NO_KEY));
  }

  @Override
  public CompletableFuture<Void> revoke(long lease) {
    return bounded(opened -> opened.getLeaseClient().revoke(lease)).thenApply(_ -> null);
  }

  /** Bounds the time of a call, including the look-up of the endpoint's name. */
  private <T> CompletableFuture<T> bounded(Function<Client, CompletableFuture<T>> call) {
    return client.thenCompose(call).orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    client.cancel(false);
    var _ = client.thenAccept(Client::close);
  }
}
