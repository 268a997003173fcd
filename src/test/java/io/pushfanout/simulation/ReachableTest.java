package io.pushfanout.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.queue.QueuedMessage;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Counts each reachable object once, without those in the memory budget. */
class ReachableTest {
  private final Set<byte[]> shared = Collections.newSetFromMap(new IdentityHashMap<>());

  @Test
  void bytesAreFoundHoweverTheyAreLinked() {
    byte[] once = new byte[100];

    Reachable all =
        Reachable.from(
            List.of(once, List.of(once), Map.of("a", new byte[10]), new Object[] {new byte[1]}),
            shared);

    assertThat(all.bytes()).isEqualTo(111);
  }

  @Test
  void bytesOfTheBudgetAreLeftOut() {
    byte[] payload = new byte[100];
    shared.add(payload);
    QueuedMessage queued = QueuedMessage.alone(new Payload(Rpc.BROADCAST, new byte[50]), 0, 0);

    assertThat(Reachable.from(List.of(payload, queued), shared).bytes()).isZero();
  }

  @Test
  void theProgramsObjectsAreCounted() {
    Script script = new Script(1);
    Simulation simulation = new Simulation(1, script);

    assertThat(Reachable.from(simulation.engine, shared).objects()).isBetween(5L, 200L);
  }
}
