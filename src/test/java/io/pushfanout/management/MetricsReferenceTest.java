package io.pushfanout.management;

import io.pushfanout.tools.MadePage;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Consistency between the page of metrics and the series of a server that has one of everything.
 */
class MetricsReferenceTest {
  /** Labels whose values the server decides, so that the page can list them. */
  private static final Set<String> FIXED = Set.of("outcome", "reason", "code");

  private static final Pattern HELP = Pattern.compile("# HELP (\\S+) (.*)");
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (.*)");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");
  private static final Pattern PART = Pattern.compile("_(bucket|sum|count)$");

  private final Map<String, String> helps = new TreeMap<>();
  private final Map<String, String> types = new TreeMap<>();
  private final Map<String, Map<String, Set<String>>> labels = new TreeMap<>();

  @Test
  void theMetricsAreThoseOfAServer() throws Exception {
    EverySeries.text().lines().forEach(this::read);
    MadePage page = new MadePage("Metrics");
    page.paragraph(
        "A server has these at `/metrics`, beside Micrometer's of the JVM. [Operations]"
            + "(../operations.md#metrics) describes their use.");
    table(page, "Each fanout", name -> labels(name).contains("fanout") && !isOfNode(name));
    page.paragraph("The sums never go back.");
    table(page, "Each node", this::isOfNode);
    page.paragraph("They vanish with the node.");
    table(page, "The process", name -> !labels(name).contains("fanout"));
    page.assertIs("metrics.md");
  }

  private void read(String line) {
    Matcher help = HELP.matcher(line);
    Matcher type = TYPE.matcher(line);
    if (help.matches()) {
      helps.put(help.group(1), help.group(2));
    } else if (type.matches()) {
      types.put(type.group(1), type.group(2));
    } else {
      String series = line.replaceFirst("[{ ].*", "");
      String name = types.containsKey(series) ? series : PART.matcher(series).replaceFirst("");
      Map<String, Set<String>> of = labels.computeIfAbsent(name, _ -> new TreeMap<>());
      Matcher label = LABEL.matcher(line);
      while (label.find()) {
        of.computeIfAbsent(label.group(1), _ -> new LinkedHashSet<>()).add(label.group(2));
      }
    }
  }

  private Set<String> labels(String name) {
    return labels.getOrDefault(name, Map.of()).keySet();
  }

  private boolean isOfNode(String name) {
    return labels(name).contains("node");
  }

  private void table(MadePage page, String heading, Predicate<String> belongs) {
    page.heading(heading);
    page.table("metric", "type", "labels", "meaning");
    for (Map.Entry<String, String> each : types.entrySet()) {
      String name = each.getKey();
      if (name.matches("(pushfanout|grpc)_.*") && belongs.test(name)) {
        page.row(
            MadePage.code(name),
            each.getValue(),
            labelCell(name),
            helps.getOrDefault(name, "").replace("|", "\\|"));
      }
    }
  }

  private String labelCell(String name) {
    return labels.getOrDefault(name, Map.of()).entrySet().stream()
        .filter(label -> !label.getKey().equals("le"))
        .map(
            label ->
                FIXED.contains(label.getKey()) && label.getValue().size() > 1
                    ? "%s: %s"
                        .formatted(
                            MadePage.code(label.getKey()),
                            MadePage.codes(List.copyOf(label.getValue())))
                    : MadePage.code(label.getKey()))
        .collect(Collectors.joining("; "));
  }
}
