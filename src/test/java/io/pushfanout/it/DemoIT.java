package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.tools.ChildProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoIT {
  @Test
  void checkDeliversToNodesThatRegisterInEtcd() {
    try (EtcdServer etcd = EtcdServer.started();
        ChildProcess demo =
            ServeProcess.launch(List.of("demo", "--check", "--etcd-endpoints", etcd.endpoint()))) {
      assertThat(demo.awaitExit(Duration.ofSeconds(60))).as("%s", demo).isZero();
      assertThat(demo.stdout().lines().filter(line -> line.contains(" got {"))).hasSize(6);
      assertThat(demo.stdout().strip()).endsWith("OK: every message reached a user of every node");
      assertThat(etcd.count("/services/")).as("registrations that it left").isZero();
    }
  }

  @Test
  void checkDeliversThroughThreeNodesToTheirUsers() {
    PreparedClasses.make();
    long since = System.nanoTime();
    try (ChildProcess demo = ServeProcess.launch(List.of("demo", "--check"))) {
      assertThat(demo.awaitExit(Duration.ofSeconds(60))).as("%s", demo).isZero();
      Duration took = Duration.ofNanos(System.nanoTime() - since);
      assertThat(demo.stdout().lines().filter(line -> line.contains(" got {")))
          .as("two messages at a user of each of three nodes")
          .hasSize(6);
      assertThat(demo.stdout().strip()).endsWith("OK: every message reached a user of every node");
      System.out.printf("DemoIT: demo --check took %d ms%n", took.toMillis());
      // The promise is 5 s; the rest is for a machine that is busy with other tests.
      assertThat(took).isLessThan(Duration.ofSeconds(30));
    }
  }
}
