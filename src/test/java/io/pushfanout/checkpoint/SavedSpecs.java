package io.pushfanout.checkpoint;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.model.OverflowPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Two specs to save: one with defaults only, one without any default. */
final class SavedSpecs {
  static final Instant CREATED = Instant.parse("2026-11-22T10:00:00Z");

  static final FanoutSpec PLAIN =
      FanoutSpec.of(FanoutName.DEFAULT, FanoutSettings.DEFAULT, Discovery.DEFAULT);

  static final FanoutSpec FULL =
      new FanoutSpec(
          FanoutName.parse("acme/chat.eu"),
          Long.MAX_VALUE,
          CREATED,
          FanoutSettings.DEFAULT.toBuilder()
              .workers(1024)
              .queueSize(1_000_000)
              .queueBytes((16L << 30) - 1)
              .overflowPolicy(OverflowPolicy.BLOCK)
              .blockTimeout(Duration.ofMillis(59_999))
              .rpcTimeout(Duration.ofMinutes(10))
              .messageTtl(Duration.ZERO)
              .drainTimeout(Duration.ofMillis(61_001))
              .maxAttempts(10)
              .initialBackoff(Duration.ofMillis(1))
              .maxBackoff(Duration.ofMinutes(9))
              .deliveryMode(DeliveryMode.STREAM)
              .deliveryWindow(100_000)
              .deliveryLinger(Duration.ofMillis(50))
              .tlsProfile("internal")
              .tlsServerName("node.example")
              .build(),
          List.of(
              new NodeOverride("one", List.of("10.0.*:1", "[::?]:*"), 7, null, null, null),
              new NodeOverride("all", List.of("*"), 1, 2, 1025L, Duration.ofMillis(1_500)),
              // Some characters of JSON are invalid in YAML; this name has each kind that a name
              // may contain.
              new NodeOverride(
                  "\"\\ \u0000\u0007\u007f\u0085\u2028\ufeff\ufffe\ud83d\ude00\ud800 #: {",
                  List.of("a"),
                  null,
                  3,
                  null,
                  null)),
          new Discovery.Etcd("chat", "/kv/chat/", Duration.ofMillis(1)));

  static final FanoutSpec FIXED =
      new FanoutSpec(
          FanoutName.parse("acme/fixed"),
          3,
          CREATED.plusNanos(5),
          FanoutSettings.DEFAULT,
          List.of(),
          new Discovery.Static(
              Set.of(NodeAddress.parse("10.0.0.1:1"), NodeAddress.parse("[2001:db8::7]:50052"))));

  static final FanoutSpec NAMED =
      FanoutSpec.of(
          FanoutName.parse("acme/named"),
          FanoutSettings.DEFAULT,
          new Discovery.Dns(
              "nodes.example.", 50_052, null, Duration.ofSeconds(11), Duration.ofSeconds(12)));

  static final FanoutSpec SERVICES =
      FanoutSpec.of(
          FanoutName.parse("acme/services"),
          FanoutSettings.DEFAULT,
          new Discovery.Dns(
              null, null, "_grpc._tcp.example", Duration.ofSeconds(1), Duration.ZERO));

  static final FanoutSpec SLICES =
      FanoutSpec.of(
          FanoutName.parse("acme/slices"),
          FanoutSettings.DEFAULT,
          new Discovery.EndpointSlices("acme", "chat", "50052", Duration.ofSeconds(1)));

  static final String SCOPE = "namespaces=*";

  static final Checkpoint<List<FanoutSpec>> ALL =
      new Checkpoint<>(CREATED.plusSeconds(60), List.of(PLAIN, FULL, FIXED));

  /** Specs of discoveries that the first version of the files did not have. */
  static final Checkpoint<List<FanoutSpec>> LATER =
      new Checkpoint<>(CREATED, List.of(NAMED, SERVICES, SLICES));

  private SavedSpecs() {}
}
