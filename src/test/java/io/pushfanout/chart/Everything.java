package io.pushfanout.chart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The values that switch on every part of the chart, with one name in each place for a name. */
final class Everything {
  private static final Path VALUES = Path.of("src", "test", "resources", "helm", "everything.yaml");

  private Everything() {}

  /** Returns the rendering of a release, and writes its values into the folder. */
  static String render(
      Path folder, String name, String release, String namespace, String... changes)
      throws IOException {
    Path file = folder.resolve("values-" + name + ".yaml");
    Files.writeString(file, Files.readString(VALUES).replace("ODD", name));
    List<String> arguments = new ArrayList<>(Chart.template(release, namespace, Chart.HOME));
    arguments.addAll(List.of("--values", file.toString()));
    for (String change : changes) {
      arguments.addAll(List.of("--set", change));
    }
    return Chart.ok(arguments);
  }
}
