package io.pushfanout.share;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartyQueueTest {
  private final PartyQueue<String> queue = new PartyQueue<>();

  @Test
  void partiesTakeTurnsRegardlessOfTheirNumberOfItems() {
    IntStream.range(0, 4).forEach(i -> queue.add("many", "m" + i));
    queue.add("one", "o");
    queue.add("other", "p");

    assertThat(rest(_ -> true)).containsExactly("m0", "o", "p", "m1", "m2", "m3");
  }

  @Test
  void partyThatComesBackIsLast() {
    queue.add("a", "a0");
    queue.add("b", "b0");
    assertThat(queue.next(_ -> true)).isEqualTo("a0");
    queue.add("a", "a1");

    assertThat(rest(_ -> true)).containsExactly("b0", "a1");
  }

  @Test
  void partyThatMayNotProceedKeepsItsTurn() {
    queue.add("a", "a0");
    queue.add("b", "b0");
    queue.add("b", "b1");

    assertThat(queue.next(party -> party.equals("b"))).isEqualTo("b0");
    assertThat(queue.next(_ -> false)).isNull();
    assertThat(rest(_ -> true)).containsExactly("a0", "b1");
  }

  private List<String> rest(Predicate<Object> mayGoOn) {
    List<String> taken = new ArrayList<>();
    for (String next = queue.next(mayGoOn); next != null; next = queue.next(mayGoOn)) {
      taken.add(next);
    }
    return taken;
  }
}
