package io.pushfanout.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.client.UnreachableException;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.node.NodeOptions;
import io.pushfanout.node.ReferenceNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NodeCheckTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  static Stream<String> names() {
    return Rules.ALL.stream().map(Rule::name);
  }

  @Test
  void aNodeThatKeepsAllRulesPasses() throws Exception {
    try (ConformanceNode node = new ConformanceNode("")) {
      CheckResult result = check(node.address(), Set.of());

      assertThat(result.rules()).allMatch(rule -> rule.outcome().equals("ok"), "ok");
      assertThat(result.passed()).isTrue();
      assertThat(result.rules()).hasSameSizeAs(Rules.ALL);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void aNodeThatBreaksOneRuleFailsThatRuleAlone(String name) throws Exception {
    try (ConformanceNode node = new ConformanceNode(name)) {
      CheckResult result = check(node.address(), Set.of());

      assertThat(result.rules().stream().filter(rule -> !rule.outcome().equals("ok")))
          .extracting(RuleResult::rule, RuleResult::outcome)
          .containsExactly(org.assertj.core.groups.Tuple.tuple(name, "failed"));
      assertThat(result.passed()).isFalse();
    }
  }

  @Test
  void servicesThatAreMissingAreSkippedUnlessTheyAreRequired() throws Exception {
    try (ConformanceNode node = new ConformanceNode("services")) {
      CheckResult skipped = check(node.address(), Set.of());
      assertThat(skipped.totals()).isEqualTo("12 ok, 0 failed, 16 skipped");
      assertThat(skipped.passed()).isTrue();

      CheckResult failed = check(node.address(), EnumSet.of(OptionalService.INTEREST));
      assertThat(failed.totals()).isEqualTo("12 ok, 6 failed, 10 skipped");
      assertThat(failed.rules().getLast().text())
          .isEqualTo(
              """
              failed   interest-end
                       expected: the service pushfanout.v1.Interest
                       came:     UNIMPLEMENTED
                       rule:     docs/connect-nodes.md#list-the-rooms""");
    }
  }

  @Test
  void theReferenceNodePasses() throws Exception {
    try (ReferenceNode node = new ReferenceNode(new NodeOptions("127.0.0.1", 0, 0))) {
      node.start();
      CheckResult result =
          new NodeCheck(
                  new CheckOptions(
                      new NodeAddress("127.0.0.1", node.grpcPort()),
                      null,
                      "room",
                      "check",
                      Duration.ofSeconds(10),
                      EnumSet.allOf(OptionalService.class)))
              .run(_ -> {}, _ -> {});

      assertThat(result.rules()).allMatch(rule -> rule.outcome().equals("ok"), "ok");
    }
  }

  @Test
  void aNodeThatIsNotThereIsUnreachable() {
    assertThatThrownBy(() -> check(new NodeAddress("127.0.0.1", 1), Set.of()))
        .isInstanceOf(UnreachableException.class)
        .hasMessageStartingWith("cannot reach 127.0.0.1:1: ");
  }

  @Test
  void eachRuleCitesASectionOfThePage() throws Exception {
    List<String> anchors =
        Files.readAllLines(Path.of("docs/connect-nodes.md")).stream()
            .filter(line -> line.startsWith("## "))
            .map(NodeCheckTest::anchor)
            .toList();
    assertThat(Rules.ALL).allMatch(rule -> anchors.contains(rule.anchor()));
    assertThat(names().collect(Collectors.toSet())).hasSameSizeAs(Rules.ALL);
  }

  /** Returns the anchor that web pages of Markdown give a heading. */
  private static String anchor(String heading) {
    return heading
        .substring(3)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9 -]", "")
        .replace(' ', '-');
  }

  private static CheckResult check(NodeAddress node, Set<OptionalService> required)
      throws Exception {
    return new NodeCheck(new CheckOptions(node, null, "room", "check", TIMEOUT, required))
        .run(_ -> {}, _ -> {});
  }
}
