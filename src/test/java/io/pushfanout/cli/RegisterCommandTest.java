package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.register.RegisterOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegisterCommandTest {
  private static final NodeAddress ADVERTISED = new NodeAddress("node-1.example.com", 50052);

  @Test
  void theProgramIsRegisteredInTheEtcdOfThisMachineAfterItsFirstConnection() {
    assertThat(read(Map.of(), "--advertise=node-1.example.com:50052", "--", "./node", "--port=1"))
        .isEqualTo(
            new RegisterOptions(
                List.of("./node", "--port=1"),
                ADVERTISED,
                ADVERTISED,
                EtcdOptions.parse(List.of("http://127.0.0.1:2379")),
                "connect-node",
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                false));
  }

  @Test
  void everyOptionIsTakenFromTheEnvironmentToo() {
    RegisterOptions wanted =
        new RegisterOptions(
            List.of("node"),
            ADVERTISED,
            new NodeAddress("127.0.0.1", 50052),
            EtcdOptions.parse(List.of("http://a:1")),
            "chat-node",
            Duration.ofMinutes(1),
            Duration.ofSeconds(5),
            Duration.ZERO,
            false);

    assertThat(
            read(
                Map.of(),
                "--advertise=node-1.example.com:50052",
                "--listen=127.0.0.1:50052",
                "--etcd-endpoints=http://a:1",
                "--service=chat-node",
                "--lease-ttl=1m",
                "--ready-timeout=5s",
                "--stop-timeout=0s",
                "node"))
        .isEqualTo(wanted);
    assertThat(
            read(
                Map.of(
                    "PUSHFANOUT_ADVERTISE", "node-1.example.com:50052",
                    "PUSHFANOUT_LISTEN", "127.0.0.1:50052",
                    "PUSHFANOUT_ETCD_ENDPOINTS", "http://a:1",
                    "PUSHFANOUT_SERVICE", "chat-node",
                    "PUSHFANOUT_LEASE_TTL", "60s",
                    "PUSHFANOUT_READY_TIMEOUT", "5s",
                    "PUSHFANOUT_STOP_TIMEOUT", "0s"),
                "node"))
        .isEqualTo(wanted);
  }

  @Test
  void noAddressIsProbedWithoutAWait() {
    assertThat(read(Map.of(), "--advertise=a:1", "--no-wait", "node").probed()).isNull();
  }

  private static RegisterOptions read(Map<String, String> environment, String... flags) {
    String[] arguments = new String[flags.length + 1];
    arguments[0] = "register";
    System.arraycopy(flags, 0, arguments, 1, flags.length);
    return CommandRun.read(RegisterCommand.class, environment, arguments).options();
  }
}
