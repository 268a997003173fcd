package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes.Name;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The listed libraries are exactly the shipped ones, and their licences allow shipping. Maven makes
 * no list when it is offline.
 */
class BillOfMaterialsIT {
  private static final Path LIBRARIES = Path.of("target", "lib");

  /**
   * Licences that allow a library in the image. A person reviews each new licence: copyleft of
   * files (EPL, CDDL) is fine for unchanged libraries, copyleft of whole programs (GPL, AGPL) is
   * not.
   */
  private static final Set<String> ALLOWED =
      Set.of(
          "Apache-2.0",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "CC0-1.0",
          "CDDL-1.0",
          "EPL-1.0",
          "EPL-2.0",
          "MIT",
          // The spelling in the POM of operator-framework-core.
          "Apache 2 License");

  @BeforeEach
  void onlyOfThisBuild() throws IOException {
    assumeTrue(
        Files.exists(BillOfMaterials.FILE)
            && Files.getLastModifiedTime(BillOfMaterials.FILE)
                    .compareTo(Files.getLastModifiedTime(Path.of("pom.xml")))
                > 0,
        "no bill of materials is of this pom.xml: Maven was offline");
  }

  @Test
  void eachLibraryThatShipsIsListedWithItsHashAndNoOther() throws IOException {
    BillOfMaterials bom = BillOfMaterials.read();

    assertThat(bom.specVersion()).isEqualTo("1.6");
    assertThat(bom.parts())
        .extracting(BillOfMaterials.Part::sha256)
        .containsExactlyInAnyOrderElementsOf(shipped().keySet());
    assertThat(bom.parts()).allMatch(part -> part.purl().startsWith("pkg:maven/"));
  }

  @Test
  void eachLibraryHasALicenceThatIsAllowed() throws IOException {
    List<BillOfMaterials.Part> refused =
        BillOfMaterials.read().parts().stream()
            .filter(part -> part.licences().stream().noneMatch(ALLOWED::contains))
            .toList();

    assertThat(refused).isEmpty();
  }

  @Test
  void eachAllowedLicenceIsNeeded() throws IOException {
    assertThat(
            BillOfMaterials.read().parts().stream()
                .flatMap(part -> part.licences().stream())
                .collect(Collectors.toSet()))
        .containsAll(ALLOWED);
  }

  @Test
  void itLiesBesideTheLibraries() {
    assertThat(LIBRARIES.resolve("bom.json")).hasSameBinaryContentAs(BillOfMaterials.FILE);
  }

  /**
   * Returns jars by their SHA-256: those that the program's own jar names, without leftovers of old
   * builds.
   */
  private static Map<String, Path> shipped() throws IOException {
    try (JarFile jar = new JarFile("target/pushfanout.jar")) {
      String classPath = jar.getManifest().getMainAttributes().getValue(Name.CLASS_PATH);
      return Stream.of(classPath.split(" "))
          .map(Path.of("target")::resolve)
          .collect(Collectors.toMap(BillOfMaterialsIT::sha256, file -> file));
    }
  }

  private static String sha256(Path file) {
    try {
      return Hashing.sha256().hashBytes(Files.readAllBytes(file)).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
