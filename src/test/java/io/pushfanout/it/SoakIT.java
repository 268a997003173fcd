package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.it.EtcdFanout.Times;
import io.pushfanout.it.PassingNodes.Node;
import io.pushfanout.text.DurationFormat;
import io.pushfanout.tools.ChildProcess;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes come and go under load, then the load goes on: in the end a server holds no more than after
 * its warm-up. {@code mvn verify -Psoak} runs for a realistic time; the short form only proves that
 * the test works.
 */
class SoakIT {
  private static final int JOINS = Integer.getInteger("pushfanout.soak.joins", 200);
  private static final Duration LOAD =
      DurationFormat.parse(System.getProperty("pushfanout.soak.load", "2s"));
  private static final int RATE = Integer.getInteger("pushfanout.soak.rate", 50);

  /** Number of measurements: the first one, after the warm-up, is the bound for the others. */
  private static final int PARTS = 4;

  /** Number of nodes at a time. */
  private static final int GENERATION = 25;

  private static final String NAME = "soak";
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);

  @TempDir private Path dir;
  @AutoClose private final PassingNodes passing = new PassingNodes();
  @AutoClose private final EtcdServer etcd = EtcdServer.started();
  @AutoClose private ServeProcess serve;
  private EtcdFanout fanout;
  private List<Node> present = List.of();

  @BeforeEach
  void start() {
    Path config = EtcdFanout.config(dir, Map.of(NAME, new Times("0s", "500ms")));
    serve =
        ServeProcess.start(
            List.of(), "--etcd-endpoints", etcd.endpoint(), "--config", config.toString());
    fanout = new EtcdFanout(NAME, etcd, serve);
    nextGeneration();
  }

  @Test
  void nothingIsKeptOfNodesThatCameAndWentAndOfTheirMessages() {
    System.out.println(Footprint.header());
    try (ChildProcess load = load()) {
      Footprint warm = joined(1);
      Footprint most = warm.andSome();
      System.out.println(most.row("allowed from here on"));
      for (int part = 2; part <= PARTS; part++) {
        assertFlat(joined(part), warm, most);
      }
      int parts = LOAD.toMinutes() < 1 ? 1 : PARTS;
      for (int part = 1; part <= parts; part++) {
        awaitLoad(LOAD.dividedBy(parts));
        String when = DurationFormat.format(LOAD.multipliedBy(part).dividedBy(parts));
        assertFlat(measured("after %s of load".formatted(when)), warm, most);
      }

      JsonObject sent = ended(load);
      // A busy machine may delay some calls beyond their deadline.
      assertThat(sent.getJsonObject("replies").getInteger("OK", 0)).as("%s", sent).isPositive();
      assertThat(sent.getJsonObject("errors").fieldNames())
          .as("%s", sent)
          .isSubsetOf("DEADLINE_EXCEEDED");
      assertThat(passing.received()).isGreaterThan(sent.getLong("accepted") / 2);
      System.out.printf(
          "SoakIT: %,d nodes came and went, %,d broadcasts, %,d messages delivered, %d s%n",
          JOINS, sent.getLong("sent"), passing.received(), sent.getDouble("seconds").longValue());
    }
  }

  /** Runs one part of all joins, and measures. */
  private Footprint joined(int part) {
    IntStream.range(0, JOINS / GENERATION / PARTS).forEach(_ -> nextGeneration());
    return measured("after %,d joins".formatted(JOINS / PARTS * part));
  }

  private Footprint measured(String when) {
    Footprint footprint = Footprint.of(serve);
    System.out.println(footprint.row(when));
    return footprint;
  }

  private static void assertFlat(Footprint now, Footprint warm, Footprint most) {
    assertThat(now.isWithin(most)).as("what has grown: %s", now.growthSince(warm)).isTrue();
  }

  private ChildProcess load() {
    List<String> bench = new ArrayList<>(List.of("bench", "--to", serve.grpc(), "--output=json"));
    bench.addAll(List.of("--rate", Integer.toString(RATE), "--duration=24h", "--warmup=0s"));
    return ServeProcess.launch(bench);
  }

  private void awaitLoad(Duration time) {
    long until = serve.metrics().broadcasts("ok") + RATE * time.toSeconds();
    await()
        .alias("the load flows")
        .atMost(time.multipliedBy(2).plus(ENDS_WITHIN))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> serve.metrics().broadcasts("ok") >= until);
  }

  /** Stops the load, and returns its printed result. */
  private static JsonObject ended(ChildProcess load) {
    load.signal("TERM");
    assertThat(load.awaitExit(ENDS_WITHIN)).as("%s", load).isZero();
    return new JsonObject(load.stdout());
  }

  /** Replaces all nodes by fresh ones: half leave in order, and half are found dead. */
  private void nextGeneration() {
    List<Node> fresh = IntStream.range(0, GENERATION).mapToObj(_ -> passing.start()).toList();
    List<Node> leaving = present;
    List<String> all = new ArrayList<>(addresses(leaving));
    all.addAll(addresses(fresh));
    present = fresh;
    fanout.connect(addresses(fresh), all);
    for (int i = 0; i < leaving.size(); i++) {
      if (i % 4 < 2) {
        leaving.get(i).end();
      }
      fanout.deregister(leaving.get(i).address());
    }
    fanout.awaitOnly(addresses(fresh));
    leaving.forEach(Node::end);
  }

  private static List<String> addresses(List<Node> nodes) {
    return nodes.stream().map(Node::address).toList();
  }
}
