package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.delivery.FakeLoop;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class LeaseRevocationTest {
  private static final Duration TIME = Duration.ofSeconds(2);
  private static final long LEASE = 7;

  private final FakeLoop loop = new FakeLoop();
  private final List<ScriptedLeases> opened = new ArrayList<>();
  private final List<Optional<Throwable>> ends = new ArrayList<>();
  private final ScriptedLeases present = new ScriptedLeases();
  private final LeaseRevocation departure =
      new LeaseRevocation(
          () -> {
            opened.add(new ScriptedLeases());
            return opened.getLast();
          },
          loop,
          LEASE,
          TIME,
          failure -> ends.add(Optional.ofNullable(failure)));

  @Test
  void theConnectionThereIsRevokesAndIsClosed() {
    departure.begin(present);
    assertThat(present.revoked).isEqualTo(LEASE);
    present.revocation.complete(null);
    loop.advance(TIME);

    assertThat(ends).containsExactly(Optional.empty());
    assertThat(opened).isEmpty();
    assertThat(present.closed).isTrue();
    assertThat(loop.pendingTimers()).isZero();
  }

  @Test
  void withoutAnAnswerInHalfOfTheTimeAnotherConnectionIsTried() {
    departure.begin(present);
    loop.advance(TIME.dividedBy(2));
    assertThat(present.closed).isTrue();
    assertThat(ends).isEmpty();

    opened.getFirst().revocation.complete(null);
    present.revocation.completeExceptionally(new ConnectException("late"));
    loop.advance(TIME);

    assertThat(ends).containsExactly(Optional.empty());
    assertThat(opened).hasSize(1);
    assertThat(opened.getFirst().closed).isTrue();
  }

  @Test
  void aFailureIsRetriedOnceAndThenReported() {
    ConnectException refused = new ConnectException("refused");
    departure.begin(null);
    opened.getLast().revocation.completeExceptionally(refused);
    loop.run();
    opened.getLast().revocation.completeExceptionally(refused);
    loop.advance(TIME);

    assertThat(opened).hasSize(2).allMatch(leases -> leases.closed);
    assertThat(ends).containsExactly(Optional.of(refused));
  }

  @Test
  void withoutAnyAnswerItIsOverInTime() {
    departure.begin(present);
    loop.advance(TIME);

    assertThat(ends).hasSize(1);
    assertThat(ends.getFirst()).get().isInstanceOf(TimeoutException.class);
    assertThat(opened.getFirst().closed).isTrue();
    assertThat(loop.pendingTimers()).isZero();
  }

  @Test
  void aConnectionThatCannotBeOpenedIsReportedOnce() {
    IllegalStateException noFile = new IllegalStateException("no such file");
    new LeaseRevocation(
            () -> {
              throw noFile;
            },
            loop,
            LEASE,
            TIME,
            failure -> ends.add(Optional.ofNullable(failure)))
        .begin(present);
    loop.advance(TIME);

    assertThat(ends).containsExactly(Optional.of(noFile));
    assertThat(loop.pendingTimers()).isZero();
  }

  private static final class ScriptedLeases implements Leases {
    final CompletableFuture<Void> revocation = new CompletableFuture<>();
    long revoked;
    boolean closed;

    @Override
    public CompletableFuture<Void> revoke(long lease) {
      revoked = lease;
      return revocation;
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public CompletableFuture<Long> grant(Duration ttl) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Boolean> keepAlive(long lease) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> put(String key, String value, long lease) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Long> leaseOf(String key) {
      throw new UnsupportedOperationException();
    }
  }
}
