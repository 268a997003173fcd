package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class WaitingMessagesTest {
  private final WaitingMessages waiting = new WaitingMessages();
  private final TreeMap<Long, QueuedMessage> model = new TreeMap<>();
  private final TreeMap<Long, QueuedMessage> out = new TreeMap<>();
  private Random random = new Random();
  private long next;

  private QueuedMessage fresh() {
    Payload payload = new Payload(Rpc.BROADCAST, new byte[random.nextInt(50)]);
    return QueuedMessage.alone(payload, next, next++);
  }

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      QueuedMessage message = fresh();
      waiting.add(message);
      model.put(message.sequence, message);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void agreesWithASortedMapWhileMessagesLeaveAndComeBack(long seed) {
    random = new Random(seed);
    for (int step = 0; step < 100; step++) {
      switch (random.nextInt(6)) {
        case 0, 1 -> add(random.nextInt(2500));
        case 2 -> removeSome(0.3);
        case 3 -> bringBack();
        case 4 -> takeRun();
        default -> removeOldest(random.nextInt(1500));
      }
      check();
    }
  }

  private void removeSome(double part) {
    List.copyOf(model.values()).stream()
        .filter(_ -> random.nextDouble() < part)
        .forEach(this::remove);
  }

  private void removeOldest(int count) {
    List.copyOf(model.values()).stream().limit(count).forEach(this::remove);
  }

  private void remove(QueuedMessage message) {
    waiting.remove(message);
    model.remove(message.sequence);
    out.put(message.sequence, message);
    check(!message.isWaiting(), message);
  }

  private void bringBack() {
    List<QueuedMessage> back =
        out.values().stream().filter(_ -> random.nextInt(3) > 0).limit(5000).toList();
    waiting.addBack(back);
    back.forEach(
        message -> {
          out.remove(message.sequence);
          model.put(message.sequence, message);
        });
  }

  private void takeRun() {
    MessageRun run = waiting.peekRun();
    if (run == null) {
      return;
    }
    assertThat(waiting.takeRun()).isSameAs(run);
    assertThat(run.size()).isBetween(1, 2 * MessageRun.LENGTH);
    for (int i = 0; i < run.size(); i++) {
      QueuedMessage taken = requireNonNull(model.pollFirstEntry()).getValue();
      check(!taken.isWaiting(), taken);
    }
  }

  /** Checks one of millions of messages, without an object for each. */
  private static void check(boolean holds, QueuedMessage message) {
    if (!holds) {
      fail("message %d waits or has left against the model", message.sequence);
    }
  }

  private void check() {
    assertThat(waiting.size()).isEqualTo(model.size());
    assertThat(waiting.bytes())
        .isEqualTo(model.values().stream().mapToLong(QueuedMessage::size).sum());
    waiting.rewind();
    List<Long> seen = new ArrayList<>();
    for (QueuedMessage m = waiting.peekCursor(); m != null; m = waiting.peekCursor()) {
      check(m.isWaiting(), m);
      seen.add(m.sequence);
      waiting.skip();
    }
    assertThat(seen).isEqualTo(List.copyOf(model.keySet()));
  }

  @Test
  void manyLeaveInAThousandthAsManySteps() {
    add(200_000);
    int steps = 0;
    for (; !waiting.isEmpty(); steps++) {
      waiting.takeRun();
    }
    assertThat(steps).isLessThan(200);
    add(1);
    assertThat(waiting.peek()).isSameAs(waiting.peekCursor()).isNotNull();
  }

  @Test
  void aRunThatLeavesMovesTheCursorPastItsMessages() {
    add(MessageRun.LENGTH + 1);
    waiting.skip();
    waiting.takeRun();
    assertThat(requireNonNull(waiting.peekCursor()).sequence).isEqualTo(MessageRun.LENGTH);
  }

  @Test
  void messagesAddedBackInAnyOrderAreInSequence() {
    OrderedMessages ordered = new OrderedMessages();
    List<QueuedMessage> messages = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      messages.add(fresh());
    }
    List<QueuedMessage> shuffled = new ArrayList<>(messages);
    Collections.shuffle(shuffled, new Random(1));
    shuffled.forEach(ordered::add);
    List<QueuedMessage> polled = new ArrayList<>();
    while (!ordered.isEmpty()) {
      assertThat(ordered.peek()).isNotNull();
      polled.add(requireNonNull(ordered.poll()));
    }
    assertThat(polled).isEqualTo(messages);
    assertThat(ordered.poll()).isNull();
  }
}
