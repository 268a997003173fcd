package io.pushfanout.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharesTest {
  private final Shares shares = new Shares(1000);

  private int takeAll(Object party) {
    int took = 0;
    while (shares.tryTake(party)) {
      took++;
    }
    return took;
  }

  @Test
  void firstPartyGetsAHalfAndEachLaterOneHalfOfTheRest() {
    assertThat(takeAll("first")).isEqualTo(500);
    assertThat(takeAll("second")).isEqualTo(250);
    assertThat(takeAll("third")).isEqualTo(125);
    assertThat(takeAll("fourth")).isEqualTo(62);
    assertThat(takeAll("first")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 12})
  void partiesThatGiveBackAndTakeAgainEndWithEqualPartsAndLeaveOneMore(int parties) {
    IntStream.range(0, parties).forEach(this::takeAll);
    for (int round = 0; round < 2000; round++) {
      int party = round % parties;
      if (shares.takenBy(party) >= 10) {
        shares.giveBack(party, 10);
      }
      var _ = takeAll(party);
    }
    int fair = 1000 / (parties + 1);
    for (int party = 0; party < parties; party++) {
      assertThat(shares.takenBy(party)).as("of %d", parties).isBetween(fair - 11L, fair + 11L);
    }
    assertThat(takeAll("newcomer")).isGreaterThanOrEqualTo(14);
  }

  @Test
  void partiesThatHaveLittleTakeNothingFromOneThatHasMuchWhileThereIsPlenty() {
    assertThat(shares.tryTake("ordinary", 300)).isTrue();
    for (int party = 0; party < 15; party++) {
      assertThat(shares.tryTake(party, 16)).isTrue();
    }
    assertThat(shares.tryTake("ordinary", 50)).isTrue();
  }

  @Test
  void refusalAtTheThresholdKeepsTheCountOfParties() {
    Pool pool = new Pool(640);
    Share small = pool.share();
    small.add(9);
    pool.add(600);
    for (int i = 0; i < 1000; i++) {
      assertThat(small.tryTake(32)).isFalse();
    }
    pool.giveBack(600);
    small.giveBack(9);
    assertThat(pool.equalPart(0)).isEqualTo(640);
    pool.add(600);
    assertThat(pool.equalPart(0)).as("alone").isEqualTo(320);
  }

  @Test
  void firstAmountOfANewPartyFitsIfThereIsRoom() {
    Shares few = new Shares(4);
    for (int party = 0; party < 4; party++) {
      assertThat(few.tryTake(party)).isTrue();
      assertThat(few.taken()).isEqualTo(party + 1L);
    }
    assertThat(few.tryTake("late")).isFalse();
    few.giveBack(0);
    assertThat(few.tryTake("late")).isTrue();
    assertThat(new Shares(100).tryTake("large", 100)).isTrue();
    assertThat(new Shares(100).tryTake("large", 101)).isFalse();
  }

  @Test
  void refusedPartyHasTakenNothingAndIsCounted() {
    assertThat(takeAll("a")).isEqualTo(500);
    IntStream.range(0, 100).forEach(_ -> assertThat(shares.tryTake("a", 7)).isFalse());
    assertThat(shares.taken()).isEqualTo(500);
    assertThat(shares.refusals()).isEqualTo(101);
    assertThat(takeAll("b")).isEqualTo(250);
  }

  @Test
  void greatestPartyIsFoundAndEmptyPartyIsForgotten() {
    assertThat(shares.greatest()).isEmpty();
    assertThat(shares.tryTake("a", 10)).isTrue();
    assertThat(shares.tryTake("b", 20)).isTrue();
    assertThat(shares.greatest()).contains("b");
    shares.giveBack("b", 20);
    assertThat(shares.greatest()).contains("a");
    assertThatThrownBy(() -> shares.giveBack("b")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void manyThreadsLeaveNothingBehind() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Random random = new Random(i);
      Thread thread =
          new Thread(
              () -> {
                for (int round = 0; round < 20_000; round++) {
                  Object party = random.nextInt(3);
                  long amount = 1L + random.nextInt(300);
                  if (shares.tryTake(party, amount)) {
                    assertThat(shares.taken()).isBetween(1L, 2200L);
                    shares.giveBack(party, amount);
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(shares.taken()).isZero();
    assertThat(shares.greatest()).isEmpty();
  }

  @Test
  void amountSharedBySeveralPartiesCountsOnceInThePoolAndForEachParty() {
    Pool pool = new Pool(100);
    Share a = pool.share();
    Share b = pool.share();
    assertThat(pool.tryTake(30)).isTrue();
    assertThat(a.tryCharge(30)).isTrue();
    assertThat(b.tryCharge(30)).isTrue();
    assertThat(pool.taken()).isEqualTo(30);
    assertThat(pool.tryTake(30)).isTrue();
    assertThat(a.tryCharge(30)).as("60 of 40").isFalse();
    assertThat(a.taken()).isEqualTo(30);
    a.discharge(30);
    assertThat(a.tryCharge(30)).isTrue();
  }
}
