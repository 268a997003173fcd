package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The values of a tree of two levels: what the parent sends, the child accepts. */
class ChartTreeIT {
  private static final Path EXAMPLES = Path.of("helm", "examples");

  private static Rendered render(String values) {
    List<String> arguments =
        new ArrayList<>(Chart.template(Chart.RELEASE, Chart.NAMESPACE, Chart.HOME));
    arguments.addAll(List.of("-f", EXAMPLES.resolve(values).toString()));
    return Rendered.of(Chart.ok(arguments));
  }

  @Test
  void theChildAcceptsTheTargetOfTheParent() {
    Rendered parent = render("tree-parent.yaml");
    Rendered child = render("tree-child.yaml");

    Manifest regions = parent.the("PushFanout/regions");
    Manifest region = child.the("PushFanout/region");
    String target = Chart.NAMESPACE + "/" + region.name();
    assertThat(regions.text("spec", "delivery", "target")).isEqualTo(target);
    assertThat(child.arguments())
        .contains("--auth=mtls", "--auth-san=parent.push.example=" + target)
        .anyMatch(argument -> argument.startsWith("--tls-client-ca="));
    assertThat(region.text("spec", "discovery", "endpointSlices", "serviceName"))
        .isEqualTo("connect-node");

    String profile = regions.text("spec", "tls", "profile");
    assertThat(parent.arguments())
        .anyMatch(argument -> argument.startsWith("--tls-profile=" + profile + "="));
    assertThat(child.the("Service/pushfanout").maps("spec", "ports"))
        .anyMatch(port -> Integer.valueOf(50053).equals(port.get("port")));
    assertThat(regions.list("spec", "discovery", "static", "nodes"))
        .hasSize(2)
        .allMatch(node -> node.toString().endsWith(":50053"));
  }
}
