package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.HostAndPort;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginsTest {

  @ParameterizedTest
  @CsvSource({
    "http://node.example:8080, true",
    "https://NODE.example, true",
    "http://localhost:3000, true",
    "http://127.0.0.1:8080, true",
    "http://127.9.9.9, true",
    "http://[::1]:8080, true",
    "http://evil.example, false",
    "http://localhost.evil.example, false",
    "http://127.0.0.1.evil.example, false",
    "http://node.example@evil.example, false",
    "http://10.0.0.1, false",
    "null, false",
    "'', false",
    "file://, false",
    "http:// , false",
  })
  void nearPageIsOnThisMachineOrOnTheHostOfTheRequest(String origin, boolean near) {
    assertThat(Origins.isNear(origin, HostAndPort.create("node.example", 8081))).isEqualTo(near);
  }
}
