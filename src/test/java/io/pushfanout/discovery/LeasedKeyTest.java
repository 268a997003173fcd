package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.delivery.FakeLoop;
import io.pushfanout.discovery.source.Backoff;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An error thrown on our side ends no registration. EtcdRegistrationIT tests with a real etcd. */
class LeasedKeyTest {
  private static final Duration TTL = Duration.ofSeconds(9);

  private final FakeLoop loop = new FakeLoop();
  private final Error failure = new OutOfMemoryError("unable to create native thread");
  private boolean cannotOpen;
  private boolean cannotAsk;
  private int closed;
  private int keptAlive;

  private final LeasedKey key =
      new LeasedKey("/services/s/a:1", "a:1", TTL, "here", this::open, loop, new Random(1));

  @Test
  void anErrorWhileItOpensOrSendsIsAFailureLikeOthers() {
    cannotOpen = true;
    key.start();
    loop.advance(Duration.ofSeconds(5));
    assertThat(key.isRegistered()).isFalse();

    cannotOpen = false;
    cannotAsk = true;
    loop.advance(Duration.ofSeconds(5));
    assertThat(closed).as("what was opened").isPositive();
    assertThat(key.isRegistered()).isFalse();

    cannotAsk = false;
    loop.advance(Backoff.MAX);
    assertThat(key.isRegistered()).isTrue();
  }

  @Test
  void anErrorWhileItKeepsTheLeaseAliveIsTriedAgainInTime() {
    key.start();
    loop.run();
    assertThat(key.isRegistered()).isTrue();

    cannotAsk = true;
    loop.advance(TTL.dividedBy(3));
    assertThat(key.isRegistered()).isFalse();
    cannotAsk = false;
    loop.advance(TTL.dividedBy(3));
    assertThat(key.isRegistered()).isTrue();
    assertThat(keptAlive).isPositive();
  }

  private Leases open() {
    if (cannotOpen) {
      throw failure;
    }
    return new Scripted();
  }

  private final class Scripted implements Leases {
    private @Nullable String put;

    private <T> CompletableFuture<T> answer(T value) {
      if (cannotAsk) {
        throw failure;
      }
      return CompletableFuture.completedFuture(value);
    }

    @Override
    public CompletableFuture<Long> grant(Duration ttl) {
      return answer(7L);
    }

    @Override
    public CompletableFuture<Boolean> keepAlive(long lease) {
      CompletableFuture<Boolean> answer = answer(true);
      keptAlive++;
      return answer;
    }

    @Override
    public CompletableFuture<Void> put(String key, String value, long lease) {
      put = value;
      return answer(true).thenAccept(_ -> {});
    }

    @Override
    public CompletableFuture<Long> leaseOf(String key) {
      return answer(put == null ? 7L : NO_KEY);
    }

    @Override
    public CompletableFuture<Void> revoke(long lease) {
      return answer(true).thenAccept(_ -> {});
    }

    @Override
    public void close() {
      closed++;
    }
  }
}
