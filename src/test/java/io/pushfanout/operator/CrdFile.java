package io.pushfanout.operator;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDGenerator.CRDOutput;
import io.pushfanout.operator.resource.PushFanout;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The CRD of the resource classes, and the file of {@code crds/} that holds it. */
public final class CrdFile {
  /** The file for users. */
  public static final Path PATH = Path.of("crds", "pushfanouts.pushfanout.io-v1.yml");

  /** The file that the chart's template reads. */
  static final Path OF_CHART = Path.of("helm", "pushfanout", "files", "crd.yaml");

  static final String WRITE = "mvn test -Dtest=CrdFileTest -Dcrd=write";

  private CrdFile() {}

  /** Returns the required content of the file. */
  static String generated() {
    ByteArrayOutputStream yaml = new ByteArrayOutputStream();
    new CRDGenerator()
        .customResourceClasses(PushFanout.class)
        .forCRDVersions("v1")
        .withParallelGenerationEnabled(false)
        .withMinQuotes(false)
        .withPostProcessor(new CrdCompletion())
        .withOutput(new InMemory(yaml))
        .detailedGenerate();
    String text = yaml.toString(StandardCharsets.UTF_8);
    return "# Generated from io.pushfanout.operator.resource: do not edit; %s writes it.\n"
            .formatted(WRITE)
        + text.substring(text.indexOf('\n') + 1);
  }

  private record InMemory(ByteArrayOutputStream yaml) implements CRDOutput<ByteArrayOutputStream> {
    @Override
    public ByteArrayOutputStream outputFor(String crdName) {
      return yaml;
    }

    @Override
    public void close() {}
  }
}
