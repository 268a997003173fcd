package io.pushfanout.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LedgerSampleTest {
  private static final DeliveryTimes NONE = new DeliveryTimes(0, new TreeMap<>());

  @Test
  void countsOnlyNewMessagesAndOnlyNodesThatHadMessages() {
    LedgerSample before = sample(0, node("a:1", 10, 50, 50, 0) + "," + node("idle:1", 2, 7, 7, 0));
    LedgerSample after =
        sample(
            2,
            node("a:1", 10, 80, 70, 5)
                + ","
                + node("idle:1", 2, 7, 7, 0)
                + ","
                + node("new:1", 4, 30, 30, 0));

    LedgerChange change = after.since(before, false);

    assertThat(change.nodes()).isEqualTo(2);
    assertThat(change.workers()).isEqualTo(4);
    assertThat(change.enqueued()).isEqualTo(30 + 30);
    assertThat(change.delivered()).isEqualTo(20 + 30);
    assertThat(change.dropped()).isEqualTo(5);
    assertThat(change.seconds()).isEqualTo(2);
    assertThat(change.atRest()).isTrue();
  }

  @Test
  void aNodeThatWasAddedAgainCountsFromZero() {
    LedgerSample before = sample(0, node("a:1", 10, 50, 50, 0));
    LedgerSample after = sample(1, node("a:1", 10, 20, 20, 0));

    assertThat(after.since(before, false).delivered()).isEqualTo(20);
  }

  @Test
  void theWindowIsKnownWhereNodesTakeStreams() {
    LedgerSample sample = sample(1, node("a:1", 10, 1, 1, 0));

    assertThat(sample.since(sample, true).window()).isEqualTo(70);
    assertThat(sample.since(sample, false).window()).isZero();
  }

  @Test
  void aWaitingMessageIsNotAtRest() {
    String waiting = node("a:1", 10, 1, 0, 0).replace("\"queued\":0", "\"queued\":1");

    assertThat(sample(1, waiting).since(sample(0, ""), false).atRest()).isFalse();
  }

  @Test
  void aNodeOfTwoFanoutsCountsInBoth() {
    LedgerSample before = sampleOf(0, fanout("a/b", node("a:1", 10, 50, 50, 0)), fanout("a/c", ""));
    LedgerSample after =
        sampleOf(
            1, fanout("a/b", node("a:1", 10, 80, 70, 0)), fanout("a/c", node("a:1", 10, 5, 5, 0)));

    LedgerChange change = after.since(before, false);

    assertThat(change.nodes()).isEqualTo(2);
    assertThat(change.enqueued()).isEqualTo(30 + 5);
  }

  private static LedgerSample sample(int second, String nodes) {
    return sampleOf(second, fanout("a/b", nodes));
  }

  private static LedgerSample sampleOf(int second, String... fanouts) {
    String json =
        "{\"ready\":true,\"replica\":\"pf-0\",\"fanouts\":[" + String.join(",", fanouts) + "]}";
    return new LedgerSample(StatusSample.read(json, TimeUnit.SECONDS.toNanos(second)), NONE);
  }

  private static String fanout(String name, String nodes) {
    return "{\"name\":\"%s\",\"generation\":1,\"settings\":{\"delivery\":{\"window\":70}},\"problems\":[],\"nodes\":[%s]}"
        .formatted(name, nodes);
  }

  private static String node(
      String address, int workers, int enqueued, int delivered, int dropped) {
    return """
    {"address":"%s","state":"connected","queued":0,"queuedBytes":0,"inFlight":0,"workers":%d,
     "enqueued":%d,"delivered":%d,"failed":0,"expired":0,"dropped":{"queue_full":%d}}\
    """
        .formatted(address, workers, enqueued, delivered, dropped);
  }
}
