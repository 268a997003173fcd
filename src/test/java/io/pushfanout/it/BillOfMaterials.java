package io.pushfanout.it;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The CycloneDX bill of materials that the build makes. */
record BillOfMaterials(String specVersion, List<Part> parts) {
  static final Path FILE = Path.of("target", "bom.json");

  /**
   * A library.
   *
   * @param licences the licences to choose from: SPDX ids, or the names in the POM for licences
   *     without an id; empty when the POM names none
   */
  record Part(String purl, String sha256, Set<String> licences) {}

  static BillOfMaterials read() throws IOException {
    JsonObject bom = new JsonObject(Files.readString(FILE));
    return new BillOfMaterials(
        bom.getString("specVersion"),
        objects(bom, "components").map(BillOfMaterials::part).toList());
  }

  private static Part part(JsonObject component) {
    String sha256 =
        objects(component, "hashes")
            .filter(hash -> hash.getString("alg").equals("SHA-256"))
            .map(hash -> hash.getString("content"))
            .collect(Collectors.joining());
    Set<String> licences =
        objects(component, "licenses")
            .flatMap(BillOfMaterials::choices)
            .collect(Collectors.toSet());
    return new Part(component.getString("purl"), sha256, licences);
  }

  /**
   * Returns the licences of an entry: an expression of ORs is a choice, like several licences in a
   * POM.
   */
  private static Stream<String> choices(JsonObject entry) {
    if (entry.containsKey("expression")) {
      String expression = entry.getString("expression");
      return Stream.of(expression.replaceAll("^\\(|\\)$", "").split(" OR "));
    }
    JsonObject licence = entry.getJsonObject("license");
    return Stream.of(licence.getString("id", licence.getString("name")));
  }

  private static Stream<JsonObject> objects(JsonObject in, String list) {
    return in.containsKey(list)
        ? in.getJsonArray(list).stream().map(JsonObject.class::cast)
        : Stream.of();
  }
}
