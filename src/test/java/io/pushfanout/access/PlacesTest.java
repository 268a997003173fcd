package io.pushfanout.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlacesTest {
  private final Places places = new Places(4);

  @Test
  void onePeerHasHalfOfThem() {
    assertThat(places.tryTake("a")).isTrue();
    assertThat(places.tryTake("a")).isTrue();
    assertThat(places.tryTake("a")).isFalse();

    assertThat(places.tryTake("b")).isTrue();
    places.giveBack("a");
    assertThat(places.tryTake("a")).isTrue();
  }

  @Test
  void allOfThemAreNoMoreThanThereAre() {
    for (int peer = 0; peer < 4; peer++) {
      assertThat(places.tryTake(peer)).isTrue();
    }
    assertThat(places.tryTake("late")).isFalse();

    places.giveBack(0);
    assertThat(places.tryTake("late")).isTrue();
  }

  @Test
  void whoWasRefusedHasTakenNothing() {
    for (int i = 0; i < 10; i++) {
      var _ = places.tryTake("a");
    }
    assertThat(places.tryTake("b")).isTrue();
    assertThat(places.tryTake("b")).isTrue();
  }
}
