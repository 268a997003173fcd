package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Lists;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.pushfanout.kube.Cluster;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.SettingException;
import io.pushfanout.model.SettingField;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.operator.resource.DiscoverySpec;
import io.pushfanout.operator.resource.OverrideSpec;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutSpec;
import io.pushfanout.operator.resource.StaticSpec;
import io.pushfanout.operator.resource.TlsSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares the rules of the CRD with the model on random texts that are nearly right: both refuse
 * the same texts.
 */
@ResourceLock(Cluster.LOCK)
class CrdRulesIT {
  @RegisterExtension static final Cluster cluster = new Cluster();

  private static final Pattern INDEX = Pattern.compile("\\[(\\d+)]");
  private static final List<String> LABELS =
      List.of(
          "a",
          "b",
          "Node-7",
          "_srv",
          "-",
          "x_",
          "1",
          "0",
          "255",
          "256",
          "01",
          "1a",
          "example",
          "a".repeat(63),
          "a".repeat(64),
          "é");
  private static final List<String> GROUPS =
      List.of("0", "1", "ffff", "2001", "DB8", "abc", "a", "7", "00", "fffff", "g", "1.2.3.4");
  private static final List<String> PORTS =
      List.of(
          ":1", ":80", ":443", ":65535", ":00080", ":50052", ":65536", ":0", ":000080", "", ":x");
  private static final List<String> WHOLE_HOSTS =
      List.of(
          "node-a.example",
          "10.0.0.1",
          "10.0.0.1.",
          "Node-B.example.",
          "[::1]",
          "[::]",
          "[2001:DB8::1]",
          "[1:2:3:4:5:6:7:8]",
          "[1:2:3:4:5:6:7::]",
          "[::2:3:4:5:6:7:8]",
          "[::ffff:1.2.3.4]",
          "[1:2:3:4:5:6:1.2.3.4]",
          "[1::1.2.3.4]",
          "[1:2:3:4:5:6:7]",
          "[1:2:3:4::5:6:7:8]",
          "[1::2::3]",
          "[:1::2]",
          "[1::2:]",
          "[::1.2.3]",
          "[::1.2.3.256]",
          "[1:2:3:4:5:6:7:1.2.3.4]",
          "[1:2:3:4:5::1.2.3.4]",
          "[1:2:3:4:5:6::1.2.3.4]",
          "[10.0.0.1]",
          "1.2.3",
          "1",
          "a.1",
          "1.a",
          "[]",
          "[:]",
          "[:::]",
          "a..b",
          ".a",
          "a.-b",
          "a:b");

  private final Random random = new Random(5);

  @Test
  void addressesAreRefusedWhereTheModelRefusesThem() {
    Set<String> addresses = new LinkedHashSet<>();
    for (String host : WHOLE_HOSTS) {
      addresses.add(host + ":80");
    }
    String label = "a".repeat(63);
    for (int last = 59; last <= 63; last++) {
      String host = String.join(".", label, label, label, "a".repeat(last));
      addresses.addAll(List.of(host + ":80", host + ".:80", host + ":65535"));
    }
    while (addresses.size() < 1000) {
      addresses.add(nearlyAnAddress());
    }
    // The server skips the rules of a text above its maximum length.
    List<String> nodes = addresses.stream().filter(text -> text.length() <= 260).toList();

    Set<Integer> refused = refused(withNodes(nodes));

    assertSame(nodes, refused, CrdRulesIT::isAddress);
  }

  private String nearlyAnAddress() {
    String host =
        switch (random.nextInt(3)) {
          case 0 -> oneOf(WHOLE_HOSTS);
          case 1 -> joined(1 + random.nextInt(5), LABELS, List.of(".", ".", ".", ".", "..", "-"));
          default ->
              "[" + joined(5 + random.nextInt(4), GROUPS, List.of(":", ":", ":", ":", "::")) + "]";
        };
    return host + oneOf(PORTS);
  }

  private String joined(int parts, List<String> from, List<String> separators) {
    StringBuilder text = new StringBuilder(oneOf(from));
    for (int i = 1; i < parts; i++) {
      text.append(oneOf(separators)).append(oneOf(from));
    }
    return text.toString();
  }

  @Test
  void durationsAreRefusedWhereTheModelRefusesThem() {
    for (int round = 0; round < 10; round++) {
      List<String> texts = IntStream.range(0, 64).mapToObj(_ -> nearlyADuration()).toList();

      Set<Integer> refused = refused(withOverrides(texts));

      assertSame(texts, refused, text -> isSetting(SettingField.RPC_TIMEOUT, text));
    }
  }

  private String nearlyADuration() {
    StringBuilder text = new StringBuilder();
    for (int parts = random.nextInt(5); parts >= 0; parts--) {
      text.append(
              oneOf(List.of("0", "1", "2", "05", "9", "10", "600", "00000", "1", "100000", "1.5")))
          .append(oneOf(List.of("ms", "ms", "s", "s", "m", "ms", "s", "h", "us")));
    }
    return text.toString();
  }

  @Test
  void quantitiesAreRefusedWhereTheModelRefusesThem() {
    Set<String> texts =
        new LinkedHashSet<>(
            List.of(
                "1Ki",
                "1023",
                "1024",
                "16Gi",
                "17179869184",
                "17179869185",
                "1.5Ki",
                "0.5Ki",
                "1024.5",
                "17179869183.000000001",
                "16777216Ki",
                "16777216.0009765Ki",
                "16777216.001Ki",
                "0.015625Ti",
                "1e4",
                "1E10",
                "1e11",
                "+2k",
                "1000000000Ti",
                "999999999999999999e99",
                "1.000000001e9",
                "1.0000000011e9",
                "1.00000001e9"));
    while (texts.size() < 150) {
      texts.add(nearlyAQuantity());
    }
    for (String text : texts) {
      boolean refused = !refused(withBytes(text)).isEmpty();
      assertThat(refused).as(text).isEqualTo(!isSetting(SettingField.QUEUE_BYTES, text));
    }
  }

  @Test
  void serverNamesAreRefusedWhereTheModelRefusesThem() {
    List<String> labels =
        List.of("a", "b", "Node-7", "_srv", "-", "1", "255", "256", "01", "a".repeat(64), "é");
    List<String> hosts = WHOLE_HOSTS.stream().map(host -> host.replaceAll("[\\[\\]]", "")).toList();
    String label = "a".repeat(63);
    Set<String> texts = new LinkedHashSet<>(hosts);
    for (int last = 60; last <= 61; last++) {
      texts.add(String.join(".", label, label, label, "a".repeat(last)));
    }
    while (texts.size() < 150) {
      texts.add(
          random.nextBoolean()
              ? joined(1 + random.nextInt(4), labels, List.of(".", ".", ".", "..", "-"))
              : joined(5 + random.nextInt(4), GROUPS, List.of(":", ":", ":", ":", "::")));
    }
    List<String> inOrder = List.copyOf(texts);
    Set<Integer> refused = new TreeSet<>();
    for (int i = 0; i < inOrder.size(); i++) {
      if (!refused(withServerName(inOrder.get(i))).isEmpty()) {
        refused.add(i);
      }
    }
    assertSame(inOrder, refused, CrdRulesIT::isServerName);
  }

  private static boolean isServerName(String text) {
    try {
      return !new TlsChoice("internal", text).isPlaintext();
    } catch (SettingException _) {
      return false;
    }
  }

  private static PushFanoutSpec withServerName(String text) {
    return SomeSpec.tls(new TlsSpec("internal", text));
  }

  /** Several rules check the overrides in parts: see {@code BytesRules}. */
  @ParameterizedTest
  @ValueSource(ints = {0, 21, 22, 43, 44, 63})
  void quantitiesAreCheckedInEveryOverride(int bad) {
    List<OverrideSpec> overrides =
        IntStream.range(0, 64).mapToObj(i -> withBytes(i, i == bad ? "17Gi" : "16Gi")).toList();
    List<OverrideSpec> good = IntStream.range(0, 64).mapToObj(i -> withBytes(i, "16Gi")).toList();

    assertThat(refused(SomeSpec.overrides(overrides))).isNotEmpty();
    assertThat(refused(SomeSpec.overrides(good))).isEmpty();
  }

  /** The maximum number of globs stays within the server's bound on the cost of a rule. */
  @ParameterizedTest
  @CsvSource({"*, 1", "?, 1", "*, 64", "?, 300"})
  void wildcardsAreBoundedInAllOverridesTogether(String wildcard, int length) {
    String glob = "a".repeat(length - 1) + wildcard;
    int most = Bounds.OVERRIDE_WILDCARDS_MAX / length;
    List<String> nodes = new ArrayList<>(Collections.nCopies(most, glob));
    nodes.add("*".repeat(Bounds.OVERRIDE_WILDCARDS_MAX % length));
    nodes.removeIf(String::isEmpty);
    int all = Bounds.OVERRIDES_MAX * Bounds.OVERRIDE_NODES_MAX;
    IntStream.range(nodes.size(), all)
        .forEach(i -> nodes.add("10.0.%d.%d".formatted(i / 256, i % 256)));

    assertThat(refused(withGlobs(nodes))).isEmpty();
    nodes.set(all - 1, "?");
    assertThat(refused(withGlobs(nodes))).isNotEmpty();
  }

  private static PushFanoutSpec withGlobs(List<String> globs) {
    List<List<String>> lists = Lists.partition(globs, Bounds.OVERRIDE_NODES_MAX);
    return SomeSpec.overrides(
        IntStream.range(0, lists.size())
            .mapToObj(i -> new OverrideSpec("o" + i, lists.get(i), 1, null, null, null))
            .toList());
  }

  private static OverrideSpec withBytes(int index, String queueBytes) {
    return new OverrideSpec("o" + index, List.of("*"), null, null, queueBytes, null);
  }

  private String nearlyAQuantity() {
    return oneOf(List.of("", "", "", "+", "-"))
        + oneOf(List.of("1", "7", "16", "17", "1024", "65536", "000001", "99999999999", ""))
        + oneOf(List.of("", "", "", ".5", ".25", ".0", ".", ".000000001"))
        + oneOf(
            List.of(
                "", "Ki", "Mi", "Gi", "Ti", "k", "M", "G", "T", "e3", "E+3", "e-1", "m", "K", "P"));
  }

  private String oneOf(List<String> texts) {
    return texts.get(random.nextInt(texts.size()));
  }

  /**
   * Asserts the same refusals as the model's; a tenth at least must be refused, and a tenth taken,
   * or the comparison would cover little.
   */
  private static void assertSame(
      List<String> texts, Set<Integer> refused, Predicate<String> isGood) {
    for (int i = 0; i < texts.size(); i++) {
      assertThat(refused.contains(i))
          .as("the server refuses \"%s\"", texts.get(i))
          .isEqualTo(!isGood.test(texts.get(i)));
    }
    assertThat(refused).hasSizeBetween(texts.size() / 10, texts.size() * 9 / 10);
  }

  private static boolean isAddress(String text) {
    try {
      return NodeAddress.parse(text).port() > 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static boolean isSetting(SettingField field, String text) {
    try {
      SettingsBuilder builder = FanoutSettings.DEFAULT.toBuilder();
      field.set(builder, text);
      return builder.build().workers() > 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static PushFanoutSpec withNodes(List<String> nodes) {
    return SomeSpec.discovery(new DiscoverySpec(null, new StaticSpec(nodes), null, null));
  }

  private static PushFanoutSpec withBytes(String text) {
    return SomeSpec.queueBytes(text);
  }

  private static PushFanoutSpec withOverrides(List<String> rpcTimeouts) {
    return SomeSpec.overrides(
        IntStream.range(0, rpcTimeouts.size())
            .mapToObj(
                i -> new OverrideSpec("o" + i, List.of("*"), 1, null, null, rpcTimeouts.get(i)))
            .toList());
  }

  /** Returns the indices in the fields that the server refuses; 0 for a field without an index. */
  private Set<Integer> refused(PushFanoutSpec spec) {
    PushFanout resource = new PushFanout();
    resource.setMetadata(
        new ObjectMetaBuilder().withNamespace(cluster.namespace()).withName("chat").build());
    resource.setSpec(spec);
    Set<Integer> indices = new TreeSet<>();
    try {
      cluster.client().resource(resource).dryRun().create();
    } catch (KubernetesClientException e) {
      assertThat(e.getCode()).as(e.getMessage()).isEqualTo(422);
      assertThat(e.getMessage()).doesNotContain("rules were not checked");
      e.getStatus()
          .getDetails()
          .getCauses()
          .forEach(
              cause -> {
                Matcher index = INDEX.matcher(cause.getField());
                indices.add(index.find() ? Integer.parseInt(index.group(1)) : 0);
              });
    }
    return indices;
  }
}
