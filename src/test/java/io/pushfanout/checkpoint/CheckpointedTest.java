package io.pushfanout.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.checkpoint.Checkpointed.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointedTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Checkpoint<String> SAVED = new Checkpoint<>(NOW.minusSeconds(60), "old");

  /** Overflows within the test. */
  private long nanos = Long.MAX_VALUE - 5;

  private Instant now = NOW;

  private final Checkpointed<String> saved = of(SAVED);
  private final Checkpointed<String> unsaved = of(null);

  private Checkpointed<String> of(@Nullable Checkpoint<String> checkpoint) {
    return new Checkpointed<>(checkpoint, () -> nanos, () -> now);
  }

  @ParameterizedTest
  @CsvSource({"false, 1999, false", "false, 2000, true", "true, 499, false", "true, 500, true"})
  void aFailedSourceHasAShorterTimeoutThanASilentOne(boolean failed, long millis, boolean over) {
    assertThat(saved.fallBack(failed)).isEmpty();
    pass(millis);

    assertThat(saved.fallBack(failed).isPresent()).isEqualTo(over);
  }

  @Test
  void theSavedValueIsRestoredOnceAndHasAnAge() {
    assertThat(saved.origin()).isEqualTo(Origin.NONE);
    assertThat(saved.saved()).contains(SAVED);
    assertThat(saved.restoredAge()).isEmpty();

    assertThat(restored(saved)).isTrue();
    assertThat(saved.origin()).isEqualTo(Origin.RESTORED);
    assertThat(saved.restoredAge()).contains(Duration.ofSeconds(60));
    assertThat(saved.saved()).contains(SAVED);
    assertThat(restored(saved)).isFalse();
  }

  @Test
  void withoutASavedValueTheSourceIsWaitedFor() {
    assertThat(restored(unsaved)).isFalse();
    assertThat(unsaved.origin()).isEqualTo(Origin.NONE);
    assertThat(unsaved.offerLive("new")).isEqualTo(Origin.NONE);
    assertThat(unsaved.live()).contains(new Checkpoint<>(NOW, "new"));
  }

  @Test
  void anAnswerReplacesTheRestoredValueForGood() {
    restored(saved);

    assertThat(saved.offerLive("new")).isEqualTo(Origin.RESTORED);
    assertThat(saved.offerLive("newer")).isEqualTo(Origin.LIVE);
    assertThat(saved.origin()).isEqualTo(Origin.LIVE);
    assertThat(saved.restoredAge()).isEmpty();
    assertThat(saved.saved()).isEmpty();
    assertThat(restored(saved)).isFalse();
  }

  @Test
  void onlyAnAnswerIsSavedAndItsTimeIsThatOfTheLastConfirmation() {
    restored(saved);
    saved.confirm();
    assertThat(saved.live()).isEmpty();
    assertThat(saved.restoredAge()).contains(Duration.ofSeconds(60));

    saved.offerLive("new");
    now = NOW.plusSeconds(5);
    assertThat(saved.live()).contains(new Checkpoint<>(NOW, "new"));
    saved.confirm();
    assertThat(saved.live()).contains(new Checkpoint<>(NOW.plusSeconds(5), "new"));
  }

  private boolean restored(Checkpointed<String> value) {
    value.fallBack(false);
    pass(2000);
    return value.fallBack(false).isPresent();
  }

  private void pass(long millis) {
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
