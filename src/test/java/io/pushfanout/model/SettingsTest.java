package io.pushfanout.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.QuantityFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  private static FanoutSettings set(String path, String value) {
    SettingsBuilder builder = FanoutSettings.DEFAULT.toBuilder();
    SettingField.ofPath(path).set(builder, value);
    return builder.build();
  }

  @ParameterizedTest
  @CsvSource({
    "workers, 10",
    "queueSize, 1000",
    "queueBytes, 64Mi",
    "overflowPolicy, DropNewest",
    "blockTimeout, 1s",
    "rpcTimeout, 5s",
    "messageTTL, 30s",
    "drainTimeout, 30s",
    "retry.maxAttempts, 1",
    "retry.initialBackoff, 100ms",
    "retry.maxBackoff, 5s",
    "delivery.mode, Auto",
    "delivery.window, 1000",
    "delivery.linger, 1ms",
    "delivery.target, ''",
    "tls.profile, ''",
    "tls.serverName, ''",
  })
  void defaultsAreThoseOfTheContract(String path, String value) {
    assertThat(SettingField.ofPath(path).show(FanoutSettings.DEFAULT)).hasToString(value);
  }

  /** Each bound from both sides: the last value that is taken and the first that is not. */
  @ParameterizedTest
  @CsvSource({
    "workers, 1, 0",
    "workers, 1024, 1025",
    "queueSize, 1, 0",
    "queueSize, 1000000, 1000001",
    "queueBytes, 1Ki, 1023",
    "queueBytes, 16Gi, 17179869185",
    "blockTimeout, 1ms, 0s",
    "blockTimeout, 60s, 60001ms",
    "rpcTimeout, 1ms, 0s",
    "rpcTimeout, 10m, 601s",
    "messageTTL, 0s, 24h1ms",
    "messageTTL, 1ms, 25h",
    "messageTTL, 24h, 24h1s",
    "drainTimeout, 0s, 61m",
    "drainTimeout, 1h, 3601s",
    "retry.maxAttempts, 1, 0",
    "retry.maxAttempts, 10, 11",
    "retry.initialBackoff, 1ms, 0s",
    "retry.initialBackoff, 10m, 601s",
    "retry.maxBackoff, 1ms, 0s",
    "retry.maxBackoff, 10m, 601s",
    "delivery.mode, Stream, Carrier",
    "delivery.window, 1, 0",
    "delivery.window, 100000, 100001",
    "delivery.linger, 0s, 51ms",
    "delivery.linger, 50ms, 1s",
  })
  void boundsHoldFromBothSidesAndNameTheField(String path, String taken, String refused) {
    assertThat(set(path, taken)).isNotNull();
    assertThatThrownBy(() -> set(path, refused))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith(path + ": ");
  }

  @ParameterizedTest
  @CsvSource({
    "workers, ten",
    "workers, 1.5",
    "workers, 99999999999",
    "queueBytes, 64MiB",
    "queueBytes, 0.5",
    "queueBytes, -1",
    "queueBytes, 100m",
    "rpcTimeout, 5",
    "rpcTimeout, -5s",
    "rpcTimeout, 5 s",
    "rpcTimeout, 1d",
    "rpcTimeout, 123456s",
    "overflowPolicy, dropnewest",
    "delivery.mode, Carrier",
    "delivery.linger, 1",
    "delivery.linger, 500us",
    "delivery.linger, 0.5ms",
    "delivery.linger, -1ms",
    "delivery.target, ''",
    "delivery.target, All",
    "delivery.target, chat",
    "delivery.target, a/b/c",
    "delivery.target, Prod/chat",
    "delivery.target, prod/",
    "tls.profile, Internal",
    "tls.profile, a.b",
    "tls.profile, -a",
  })
  void anInvalidValueIsRejectedWithTheNameOfItsField(String path, String value) {
    assertThatThrownBy(() -> set(path, value))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith(path + ": must be ")
        .hasMessageContaining(value);
  }

  @ParameterizedTest
  @EnumSource(SettingField.class)
  void aShownValueCanBeSetAgain(SettingField field) {
    FanoutSettings base =
        FanoutSettings.DEFAULT.toBuilder()
            .deliveryTarget("prod/chat")
            .tlsProfile("internal")
            .tlsServerName("a.b")
            .build();
    SettingsBuilder builder = base.toBuilder();
    field.set(builder, field.show(base).toString());
    assertThat(builder.build()).isEqualTo(base);
  }

  @Test
  void aTargetIsOneFanoutOrAllOfThem() {
    String namespace = "a".repeat(63);
    String name = String.join(".", namespace, namespace, namespace, "a".repeat(61));

    assertThat(set("delivery.target", "all")).isNotNull();
    assertThat(set("delivery.target", namespace + "/" + name).deliveryTarget())
        .isEqualTo(new DeliveryTarget(namespace + "/" + name));
    assertThatThrownBy(() -> set("delivery.target", "a/" + name + "a"))
        .hasMessageStartingWith("delivery.target: must be namespace/name of a fanout, or all, is ");
  }

  @Test
  void anEmptyProfileDoesNotMeanPlaintext() {
    assertThatThrownBy(() -> set("tls.profile", ""))
        .hasMessage("tls.profile: must be a DNS label, is \"\"");
  }

  private static TlsChoice named(String serverName) {
    return new TlsChoice("internal", serverName);
  }

  @ParameterizedTest
  @CsvSource({
    "a, a",
    "Node-7.Example, node-7.example",
    "10.0.0.1, 10.0.0.1",
    "2001:DB8:0::1, 2001:db8::1",
    "::1, ::1",
  })
  void aServersNameIsADnsNameOrAnAddress(String text, String kept) {
    assertThat(named(text).serverName()).isEqualTo(kept);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.",
        ".a",
        "a..b",
        "a_b",
        "-a",
        "a-",
        "a:1",
        "[::1]",
        "1.2.3",
        "256.0.0.1",
        "fe80::1%1",
        "*.example",
        "é.example",
        "a b"
      })
  void aNameThatNoCertificateCanHaveIsNoServersName(String text) {
    assertThatThrownBy(() -> named(text))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("tls.serverName: must be a DNS name ");
  }

  @Test
  void namesOfTlsHaveTheirGreatestLengths() {
    String label = "a".repeat(63);
    String longest = String.join(".", label, label, label, "a".repeat(61));
    assertThat(new TlsChoice(label, longest).serverName()).hasSize(253);
    assertThatThrownBy(() -> new TlsChoice(label + "a", null))
        .hasMessageStartingWith("tls.profile");
    assertThatThrownBy(() -> named(longest + "a")).hasMessageStartingWith("tls.serverName");
  }

  @Test
  void aServersNameNeedsAProfile() {
    assertThatThrownBy(() -> set("tls.serverName", "node.example"))
        .hasMessage("tls.serverName: needs tls.profile");
  }

  @Test
  void unknownFieldIsRejectedWithTheListOfFields() {
    assertThatThrownBy(() -> SettingField.ofPath("worker"))
        .hasMessageStartingWith("worker: no such field")
        .hasMessageContaining("retry.maxAttempts");
  }

  @ParameterizedTest
  @CsvSource({"1.5Ki, 1536", "1e3, 1000", "2k, 2000", "65536, 65536", "1Gi, 1073741824"})
  void quantitiesAreThoseOfKubernetes(String text, long bytes) {
    assertThat(QuantityFormat.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1023, 1024, 1536, 1L << 20, 67108864, (1L << 34)})
  void shownBytesReadAsTheSame(long bytes) {
    assertThat(QuantityFormat.parse(QuantityFormat.format(bytes))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"90s, 1m30s", "0s, 0s", "1500ms, 1s500ms", "24h, 24h", "1h0m5s, 1h5s"})
  void durationsAreShownInTheirShortestForm(String text, String shown) {
    assertThat(DurationFormat.format(DurationFormat.parse(text))).isEqualTo(shown);
  }

  @Test
  void overrideReplacesOnlyTheFieldsThatItSets() {
    NodeOverride override =
        new NodeOverride("o", List.of("10.0.?.*:80"), null, 5, 2048L, Duration.ofSeconds(9));
    FanoutSettings settings = override.applyTo(FanoutSettings.DEFAULT);
    assertThat(settings)
        .isEqualTo(
            FanoutSettings.DEFAULT.toBuilder()
                .queueSize(5)
                .queueBytes(2048)
                .rpcTimeout(Duration.ofSeconds(9))
                .build());
  }

  @Test
  void wildcardsAreBoundedInAllOverridesTogether() {
    String glob = "*".repeat(64);
    int most = Bounds.OVERRIDE_WILDCARDS_MAX / glob.length();
    NodeOverride half =
        new NodeOverride("half", Collections.nCopies(most / 2, glob), 1, null, null, null);
    NodeOverride other =
        new NodeOverride("other", Collections.nCopies(most / 2, glob), 1, null, null, null);
    NodeOverride exact =
        new NodeOverride(
            "exact", Collections.nCopies(1_000, "a".repeat(250) + ":1"), 1, null, null, null);
    NodeOverride more = new NodeOverride("more", List.of("*"), 1, null, null, null);

    assertThat(spec(half, other, exact).overrides()).hasSize(3);
    assertThatThrownBy(() -> spec(half, other, exact, more))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "overrides: must have at most 16384 characters in globs with * or ?, has 16385");
  }

  private static FanoutSpec spec(NodeOverride... overrides) {
    return new FanoutSpec(
        FanoutName.DEFAULT,
        1,
        Instant.EPOCH,
        FanoutSettings.DEFAULT,
        List.of(overrides),
        Discovery.DEFAULT);
  }

  @Test
  void settingOfAnOverrideIsNamedByItsPlace() {
    NodeOverride good = new NodeOverride("good", List.of("*"), 1, null, null, null);
    NodeOverride bad = new NodeOverride("bad", List.of("*"), 0, null, null, null);
    assertThatThrownBy(
            () ->
                new FanoutSpec(
                    FanoutName.DEFAULT,
                    1,
                    Instant.EPOCH,
                    FanoutSettings.DEFAULT,
                    List.of(good, bad),
                    Discovery.DEFAULT))
        .hasMessageStartingWith("overrides[1].workers: ");
  }

  @Test
  void backoffDoublesUpToItsCeiling() {
    RetryPolicy retry = RetryPolicy.DEFAULT;
    assertThat(Duration.ofNanos(retry.backoffNanos(1))).hasMillis(100);
    assertThat(Duration.ofNanos(retry.backoffNanos(3))).hasMillis(400);
    assertThat(Duration.ofNanos(retry.backoffNanos(10))).hasSeconds(5);
  }
}
