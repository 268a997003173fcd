package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoCommandTest {
  @Test
  void theDemoHasTheUsualPortsSoThatTheOtherCommandsFindIt() {
    assertThat(read("demo")).isEqualTo(new DemoOptions("127.0.0.1", 50053, 8080, null));
  }

  @Test
  void aCheckPicksFreePortsUnlessTold() {
    assertThat(read("demo", "--check")).isEqualTo(new DemoOptions("127.0.0.1", 0, 0, null));
    assertThat(read("demo", "--check", "--http-port", "9", "--bind", "::1"))
        .isEqualTo(new DemoOptions("::1", 0, 9, null));
  }

  @Test
  void whatListensOnEveryAddressIsReachedByLoopback() {
    assertThat(read("demo", "--bind", "0.0.0.0").reachable()).isEqualTo("127.0.0.1");
    assertThat(read("demo", "--bind", "[::]").reachable()).isEqualTo("::1");
    assertThat(read("demo", "--bind", "10.0.0.1").reachable()).isEqualTo("10.0.0.1");
  }

  private static DemoOptions read(String... arguments) {
    return CommandRun.read(DemoCommand.class, Map.of(), arguments).options();
  }
}
