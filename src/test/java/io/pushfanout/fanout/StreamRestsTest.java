package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Messages of a stream that wait for their next attempt, and the timers of streams. */
class StreamRestsTest {
  @Test
  void backoffEndsAtItsOwnTtlRegardlessOfLaterOnes() {
    Rig rig =
        Rig.streaming(
            s ->
                s.workers(2)
                    .maxAttempts(3)
                    .messageTtl(Duration.ofSeconds(20))
                    .rpcTimeout(Duration.ofMinutes(1))
                    .initialBackoff(Duration.ofMinutes(1))
                    .maxBackoff(Duration.ofMinutes(1)),
            "a");
    rig.send("x:1");
    rig.loop.advance(Duration.ofSeconds(15));
    rig.send("x:2");
    rig.node("a").streamOf("x:1").acknowledge(2, failures(2));
    rig.loop.advance(Duration.ofMillis(5100));
    assertThat(rig.ledger("a").expired()).isEqualTo(1);
    rig.loop.advance(Duration.ofSeconds(15));
    assertThat(rig.ledger("a").expired()).isEqualTo(2);
    assertThat(rig.node("a").received).hasSize(2);
  }

  @Test
  void failedWindowComesBackInOrderAndInFewRequests() {
    int count = 5_000;
    Rig rig =
        Rig.streaming(
            s ->
                s.workers(2)
                    .maxAttempts(2)
                    .deliveryWindow(count)
                    .messageTtl(Duration.ZERO)
                    .rpcTimeout(Duration.ofMinutes(10)),
            "a");
    for (int i = 0; i < count; i++) {
      rig.send("x:" + i);
    }
    ScriptedStream stream = rig.node("a").streamOf("x:0");
    List<String> first = List.copyOf(stream.unacknowledged());
    int requests = stream.batches.size();
    stream.acknowledge(count, failures(count));
    rig.loop.advance(Duration.ofMillis(121));
    assertThat(stream.unacknowledged()).isEqualTo(first);
    assertThat(stream.batches.size() - requests).isLessThan(45);
  }

  private static List<DeliveryFailure> failures(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new DeliveryFailure(i, StatusCode.UNAVAILABLE, "busy"))
        .toList();
  }

  @Test
  void answeredProbeLeavesNoTimer() {
    Rig rig = Rig.streaming(s -> s.rpcTimeout(Duration.ofMinutes(10)), "a");
    int before = rig.loop.pendingTimers();
    for (int i = 0; i < 50; i++) {
      rig.node("a").disconnect();
      rig.node("a").connect();
    }
    assertThat(rig.node("a").questions).isEqualTo(51);
    assertThat(rig.loop.pendingTimers()).isEqualTo(before);
  }
}
