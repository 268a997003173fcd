package io.pushfanout.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class FairExecutorTest {
  private final Queue<Runnable> started = new ArrayDeque<>();
  private final List<String> done = new ArrayList<>();
  private final FairExecutor fair = new FairExecutor(started::add, 2);

  private void execute(String peer, String task) {
    fair.execute(peer, () -> done.add(task));
  }

  @Test
  void noMoreTasksRunAtATimeThanTheLimit() {
    execute("a", "a1");
    execute("b", "b1");
    execute("c", "c1");

    assertThat(started).hasSize(2);
    assertThat(done).isEmpty();
  }

  @Test
  void waitingTasksRunByTurnsOfThePeersAndInEachPeersOrder() {
    execute("x", "first");
    execute("x", "second");
    for (int i = 1; i <= 3; i++) {
      execute("greedy", "greedy" + i);
    }
    execute("modest", "modest1");

    started.remove().run();

    assertThat(done).containsExactly("first", "greedy1", "modest1", "greedy2", "greedy3");
    started.remove().run();
    assertThat(done).endsWith("second");
  }

  @Test
  void startsAgainAfterItWasIdle() {
    execute("a", "a1");
    started.remove().run();
    execute("a", "a2");
    execute("a", "a3");

    assertThat(started).hasSize(2);
  }

  @Test
  void rejectedTaskFreesItsSlot() {
    boolean[] open = {false};
    FairExecutor closed =
        new FairExecutor(
            task -> {
              if (!open[0]) {
                throw new RejectedExecutionException();
              }
              started.add(task);
            },
            1);
    assertThatThrownBy(() -> closed.execute("a", () -> {}))
        .isInstanceOf(RejectedExecutionException.class);

    open[0] = true;
    closed.execute("a", () -> {});
    assertThat(started).hasSize(1);
  }
}
