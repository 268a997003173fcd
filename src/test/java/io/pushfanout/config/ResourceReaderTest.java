package io.pushfanout.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pushfanout.model.DeliveryTarget;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSettings.DeliveryInterest;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.RetryPolicy;
import io.pushfanout.model.SettingField;
import io.pushfanout.model.TlsChoice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class ResourceReaderTest {
  private static final String HEAD =
      """
      apiVersion: pushfanout.io/v1alpha1
      kind: PushFanout
      metadata:
        name: chat
      """;

  private static ParseResult read(String text) {
    return ResourceReader.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static FanoutSpec one(String text) {
    ParseResult reading = read(text);
    assertThat(reading.problems()).isEmpty();
    assertThat(reading.fanouts()).hasSize(1);
    return reading.fanouts().getFirst().spec();
  }

  @Test
  void aResourceWithoutFieldsHasAllDefaults() {
    assertThat(one(HEAD))
        .isEqualTo(
            FanoutSpec.of(
                new FanoutName("default", "chat"), FanoutSettings.DEFAULT, Discovery.DEFAULT));
  }

  @Test
  void everyFieldIsTaken() {
    FanoutSpec spec =
        one(
            """
            apiVersion: pushfanout.io/v1alpha1
            kind: PushFanout
            metadata: {name: chat, namespace: prod}
            spec:
              discovery: {etcd: {serviceName: push, removalGracePeriod: 0s}}
              workers: 11
              queueSize: 12
              queueBytes: 13Ki
              overflowPolicy: Block
              blockTimeout: 14ms
              rpcTimeout: 15s
              messageTTL: 16s
              drainTimeout: 17s
              retry: {maxAttempts: 2, initialBackoff: 18ms, maxBackoff: 19ms}
              delivery: {mode: Unary, window: 20, linger: 25ms, interest: Off, target: prod/a.b}
              tls: {profile: internal, serverName: Node.Example}
              overrides:
                - {name: a, nodes: ["A*:1"], workers: 21}
                - {name: b, nodes: ["*"], queueSize: 22, queueBytes: 23552, rpcTimeout: 24s}
            """);

    assertThat(spec)
        .isEqualTo(
            new FanoutSpec(
                new FanoutName("prod", "chat"),
                1,
                Instant.EPOCH,
                new FanoutSettings(
                    11,
                    12,
                    13 << 10,
                    OverflowPolicy.BLOCK,
                    Duration.ofMillis(14),
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(16),
                    Duration.ofSeconds(17),
                    new RetryPolicy(2, Duration.ofMillis(18), Duration.ofMillis(19)),
                    DeliveryMode.UNARY,
                    20,
                    Duration.ofMillis(25),
                    DeliveryInterest.OFF,
                    new DeliveryTarget("prod/a.b"),
                    new TlsChoice("internal", "node.example")),
                List.of(
                    new NodeOverride("a", List.of("a*:1"), 21, null, null, null),
                    new NodeOverride(
                        "b", List.of("*"), null, 22, 23L << 10, Duration.ofSeconds(24))),
                new Discovery.Etcd("push", Duration.ZERO)));
  }

  @Test
  void aFixedListIsOfNormalisedAddresses() {
    FanoutSpec spec = one(HEAD + "spec: {discovery: {static: {nodes: ['Node.:1', '[0:0::1]:2']}}}");

    assertThat(spec.discovery())
        .isEqualTo(
            new Discovery.Static(Set.of(new NodeAddress("node", 1), new NodeAddress("::1", 2))));
  }

  @Test
  void anEtcdWithoutFieldsHasItsDefaults() {
    assertThat(one(HEAD + "spec: {discovery: {etcd: {}}}").discovery())
        .isEqualTo(Discovery.DEFAULT);
  }

  /** Covers each field by its path, so that a new setting needs no further test of files. */
  @ParameterizedTest
  @EnumSource(SettingField.class)
  void theShownValueOfASettingCanBeReadByItsPath(SettingField field) {
    Object value = field.show(FanoutSettings.DEFAULT);
    assumeThat(value).as("where nothing is the default").isNotEqualTo("");
    String spec = field.path().replace(".", ": {") + ": " + value;

    FanoutSpec read = one(HEAD + "spec: {" + spec + "}".repeat(field.path().split("\\.").length));

    assertThat(read.settings()).isEqualTo(FanoutSettings.DEFAULT);
  }

  @Test
  void queueBytesMayBeANumberAsInKubernetes() {
    assertThat(one(HEAD + "spec: {queueBytes: 4096}").settings().queueBytes()).isEqualTo(4096);
    assertThat(one(HEAD + "spec: {queueBytes: '4096'}").settings().queueBytes()).isEqualTo(4096);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# only a comment", "---", "---\n# a\n---\n...\n", "null"})
  void aFileWithNothingInItIsEmpty(String text) {
    assertThat(read(text).isEmpty()).isTrue();
  }

  @Test
  void aByteOrderMarkAndForeignLineEndsAreTaken() {
    assertThat(one("\uFEFF" + HEAD).name().name()).isEqualTo("chat");
    assertThat(one(HEAD.replace("\n", "\r\n")).name().name()).isEqualTo("chat");
    assertThat(read((HEAD + "spec:\n  workers: 0\n").replace("\n", "\r\n")).problems())
        .extracting(FileProblem::line)
        .containsExactly(6);
  }

  @Test
  void textThatIsNotUtf8IsAProblem() {
    assertThat(ResourceReader.read(new byte[] {'a', (byte) 0xC3}).problems())
        .containsExactly(new FileProblem(1, "file", "is not UTF-8"));
  }

  @Test
  void aControlCharacterIsAProblemOfItsLine() {
    assertThat(read(HEAD + "# ü😀\nspec: {overflowPolicy: \"\u0007\"}").problems())
        .containsExactly(new FileProblem(6, "yaml", "the character U+0007 is not taken"));
  }

  @Test
  void whatAProblemQuotesIsShortAndNothingThatATerminalObeys() {
    ParseResult reading =
        read(HEAD + "spec: {overflowPolicy: \"\\e[2J\\n" + "x".repeat(9999) + "\"}");

    assertThat(reading.problems()).hasSize(1);
    assertThat(reading.problems().getFirst().message())
        .startsWith("must be one of DropNewest, DropOldest, Block, Reject, is \"\\u001b[2J\\nxxx")
        .hasSizeLessThan(500);
  }

  @Test
  void aFileThatIsTooLargeIsRefusedUnread() {
    byte[] large = new byte[ResourceReader.MAX_BYTES + 1];

    assertThat(ResourceReader.read(large).problems())
        .containsExactly(new FileProblem(1, "file", "is larger than 4Mi"));
  }

  @Test
  void ofVeryManyProblemsTheFirstAreShownAndTheRestCounted() {
    ParseResult reading = read(HEAD + "spec:\n" + "  x: 1\n".repeat(1000));

    assertThat(reading.problems()).hasSize(Problems.MOST + 1);
    assertThat(reading.problems().getFirst().line()).isEqualTo(6);
    assertThat(reading.problems().getLast().message()).isEqualTo("900 more problems from here on");
  }

  @Test
  void oneBadResourceMakesTheWholeFileBad() {
    ParseResult reading = read(HEAD + "---\n" + HEAD.replace("chat", "Chat"));

    assertThat(reading.problems()).hasSize(1);
    assertThat(reading.fanouts()).isEmpty();
  }

  /** Each input repeats its piece up to the maximum size of a file, to exhaust the parser. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "[",
        "{",
        "- ",
        "a: ",
        "? ",
        "{a: ",
        "&a ",
        "*a ",
        "!t ",
        "- - - -\n",
        "%A\n",
        "\n",
        "\"",
        "a",
        "'",
        "|\n ",
        "[a,",
        "{? ",
        "--- a\n",
        "---\n",
        "!!",
        "&a [*a,",
        ": ",
        "#",
        " ",
        "\t",
        "a: b\n",
        "? a\n",
        "a: &a\n",
        "- |2\n",
        "1",
        "-1",
        "::",
        ",",
        "]",
        "}",
        "%TAG ! !\n",
        "\"\\x41",
        ">-\n a\n\n",
        "a: >\n",
        "{a: b, ",
        "a:\n - b\n"
      })
  @Timeout(20)
  void hostileInputEndsInProblemsAndNotInAnExhaustedProcess(String piece) {
    String text = piece.repeat(ResourceReader.MAX_BYTES / piece.length());

    ParseResult reading = read(text);

    assertThat(reading.fanouts()).isEmpty();
  }

  @Test
  @Timeout(20)
  void aliasesThatMultiplyAtEveryLevelAreRefused() {
    StringBuilder text = new StringBuilder(HEAD + "spec:\n  overrides:\n");
    text.append("    - &o {name: a, workers: 1, nodes: &n [");
    text.append("'*', ".repeat(900)).append("'*']}\n");
    text.append("    - *o\n".repeat(60));

    assertThat(read(text.toString()).problems())
        .isNotEmpty()
        .allMatch(problem -> problem.message().startsWith("is there twice"));
  }

  /** The paths of the values would otherwise each hold a copy of the key. */
  @Test
  @Timeout(20)
  void aKeyOfMegabytesAboveManyValuesTakesNoMoreThanItself() {
    String key = "k".repeat(3 << 20);

    assertThat(read(HEAD + "spec:\n  " + "? " + key + "\n  : [" + "1,".repeat(90_000) + "1]\n"))
        .satisfies(
            reading ->
                assertThat(reading.problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.field()).startsWith("spec.kkk")));
  }

  @Test
  void aMapThatContainsItselfIsRefused() {
    assertThat(read(HEAD + "spec: &s\n  retry: *s\n").problems())
        .containsExactly(
            new FileProblem(
                6,
                "spec.retry.retry",
                "no such field; there are maxAttempts, initialBackoff, maxBackoff"));
    assertThat(read(HEAD + "status: &s\n  a: [*s, {b: *s}]\n").problems()).isEmpty();
  }
}
