package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The files that {@code bin/release} makes of a program, with a helm and container engines that
 * only print their calls.
 */
class ReleaseTest {
  private static final String HELM =
      """
      case $* in
        *"--version 1.2.3-rc.1 --app-version 1.2.3-rc.1"*) ;;
        *) exit 1 ;;
      esac
      cd "$DIR"
      mkdir -p pushfanout
      echo "version: 1.2.3-rc.1" >pushfanout/Chart.yaml
      for folder; do :; done
      tar -czf "$folder/pushfanout-1.2.3-rc.1.tgz" pushfanout
      """;

  @TempDir Path dir;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void aProgramAndNoTools() throws IOException {
    program("helm", HELM);
    assembled("1.2.3-rc.1");
    environment.put("DIR", dir.toString());
    environment.put("PATH", dir.resolve("path") + ":/usr/bin:/bin");
    environment.put("PUSHFANOUT_PROGRAM", dir.resolve("program").toString());
    environment.put("PUSHFANOUT_RELEASE_DIR", dir.resolve("files of 1").toString());
    environment.put("PUSHFANOUT_HELM", "");
    environment.put("PUSHFANOUT_ENGINE", "none");
    environment.put("SOURCE_DATE_EPOCH", "1790000000");
  }

  @Test
  void itPrintsItsFilesAndTheirSumsAreRight() throws Exception {
    ProgramRun run = release("1.2.3-rc.1");

    assertThat(run.code()).as(run.err()).isZero();
    Path files = dir.toRealPath().resolve("files of 1");
    assertThat(run.out().lines())
        .containsExactly(
            files + "/pushfanout-1.2.3-rc.1-linux-" + architecture() + ".tar.gz",
            files + "/pushfanout-1.2.3-rc.1.tgz",
            files + "/pushfanout-1.2.3-rc.1.cdx.json",
            files + "/SHA256SUMS");
    assertThat(shell("cd 'files of 1' && sha256sum --check SHA256SUMS").out().lines())
        .hasSize(3)
        .allMatch(line -> line.endsWith(": OK"));
    assertThat(run.err())
        .isEqualTo(
            "pushfanout release: there is no image: no container engine (docker, podman) answers on"
                + " this machine\n");
  }

  @Test
  void theArchiveHasTheProgramAndItsPapersWithTheVersion() throws Exception {
    release("1.2.3-rc.1");
    shell("tar -xzf files*/*.tar.gz");
    Path unpacked = dir.resolve("pushfanout-1.2.3-rc.1");

    assertThat(unpacked.resolve("bin/pushfanout")).isExecutable();
    for (String paper : List.of("LICENSE", "NOTICE", "README.md", "docs", "crds", "proto")) {
      assertThat(unpacked.resolve(paper)).exists();
    }
    assertThat(unpacked.resolve("CHANGELOG.md"))
        .content()
        .contains("\n## [1.2.3-rc.1] - 2026-09-21\n")
        .contains("The date of a snapshot stands")
        .doesNotContain("There is no release yet");
    assertThat(unpacked.resolve("deploy/pushfanout.yaml"))
        .content()
        .contains("pushfanout:1.2.3-rc.1")
        .doesNotContain("SNAPSHOT");
  }

  @Test
  void theArchiveHasTheChartAndAllThatItsPagesLinkTo() throws Exception {
    release("1.2.3-rc.1");
    shell("tar -xzf files*/*.tar.gz");
    Path unpacked = dir.resolve("pushfanout-1.2.3-rc.1");

    assertThat(unpacked.resolve("helm/pushfanout/Chart.yaml"))
        .content()
        .contains("\nversion: 1.2.3-rc.1\nappVersion: 1.2.3-rc.1\n");
    try (Stream<Path> files = Files.walk(unpacked)) {
      assertThat(files.filter(file -> file.toString().endsWith(".md")).toList())
          .hasSizeGreaterThan(10)
          .allSatisfy(
              page ->
                  assertThat(links(Files.readString(page)))
                      .as(page.toString())
                      .allSatisfy(link -> assertThat(page.resolveSibling(link)).exists()));
    }
  }

  @Test
  void filesThatGitDoesNotTrackStayOut() throws Exception {
    assumeThat(Path.of(".git")).as("only a Git checkout tracks files").exists();
    Path draft = Files.createTempFile(Path.of("examples"), "draft", ".yaml");
    try {
      release("1.2.3-rc.1");
    } finally {
      Files.delete(draft);
    }
    shell("tar -xzf files*/*.tar.gz");

    Path examples = dir.resolve("pushfanout-1.2.3-rc.1/examples");
    assertThat(examples).isDirectory();
    assertThat(examples.resolve(draft.getFileName())).doesNotExist();
  }

  /** Returns the links to other files. */
  private static List<String> links(String page) {
    return Pattern.compile("\\]\\(([^)#: ]+)[)#]")
        .matcher(page)
        .results()
        .map(link -> link.group(1))
        .toList();
  }

  @Test
  void equalInputMakesEqualFiles() throws Exception {
    release("1.2.3-rc.1");
    environment.put("PUSHFANOUT_RELEASE_DIR", dir.resolve("files of 2").toString());
    release("1.2.3-rc.1");

    assertThat(dir.resolve("files of 2/SHA256SUMS"))
        .hasSameTextualContentAs(dir.resolve("files of 1/SHA256SUMS"));
  }

  @Test
  void partsThatCannotBeMadeAreNamedInASentence() throws Exception {
    Files.delete(dir.resolve("path/helm"));
    Files.delete(dir.resolve("program/lib/bom.json"));
    environment.put("XDG_CACHE_HOME", dir.resolve("no cache").toString());
    environment.remove("PUSHFANOUT_ENGINE");
    program("docker", "echo 'no daemon' >&2; exit 1");
    program("podman", "exit 1");

    ProgramRun run = release("1.2.3-rc.1");

    assertThat(run.code()).isZero();
    assertThat(run.out()).doesNotContain(".tgz", ".json", "image");
    assertThat(run.err().lines())
        .hasSize(3)
        .allMatch(line -> line.startsWith("pushfanout release: there is no "));
  }

  @Test
  void dockerBuildsForTwoArchitectures() throws Exception {
    environment.put("PUSHFANOUT_ENGINE", "docker");
    engine("docker");

    ProgramRun run = release("1.2.3-rc.1");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("/pushfanout-1.2.3-rc.1-image.tar\n");
    assertThat(dir.resolve("docker.log"))
        .content()
        .contains(
            "buildx create --name pushfanout-release --driver docker-container\n",
            "--platform linux/amd64,linux/arm64 --build-arg VERSION=1.2.3-rc.1 ",
            "--tag pushfanout:1.2.3-rc.1 ",
            "buildx rm pushfanout-release\n");
  }

  @Test
  void podmanBuildsForTwoArchitectures() throws Exception {
    environment.put("PUSHFANOUT_ENGINE", "podman");
    engine("podman");

    ProgramRun run = release("1.2.3-rc.1");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(dir.resolve("podman.log"))
        .content()
        .contains(
            "build --platform linux/amd64,linux/arm64 --build-arg VERSION=1.2.3-rc.1 ",
            "manifest push --all pushfanout:1.2.3-rc.1 oci-archive:");
  }

  @Test
  void anImageThatCannotBeBuiltLeavesTheOtherFiles() throws Exception {
    environment.put("PUSHFANOUT_ENGINE", "docker");
    program("docker", "test \"$1\" = info || { echo 'no base image' >&2; exit 1; }");

    ProgramRun run = release("1.2.3-rc.1");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).endsWith("/SHA256SUMS\n");
    assertThat(run.err()).contains("no base image\n", "there is no image: docker cannot build it");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1.2",
        "v1.2.3",
        "1.2.3+build",
        "1.02.3",
        "../1.2.3",
        "1.2.3-",
        "1.2.3-a..b",
        "1.2.3\n1"
      })
  void anythingButAVersionIsRefused(String version) throws Exception {
    ProgramRun run = release(version);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo("pushfanout release: usage: bin/release VERSION, such as 1.2.0 or 1.2.0-rc.1\n");
  }

  @Test
  void aHelmThatIsNoneIsRefused() throws Exception {
    environment.put("PUSHFANOUT_HELM", dir.resolve("none").toString());

    ProgramRun run = release("1.2.3-rc.1");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("pushfanout release: PUSHFANOUT_HELM is no program: " + dir + "/none\n");
  }

  @Test
  void aProgramOfAnotherVersionIsRefused() throws Exception {
    assembled("1.2.2");

    ProgramRun run = release("1.2.3-rc.1");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).endsWith("/program is not of the version 1.2.3-rc.1\n");
  }

  private ProgramRun release(String version) throws Exception {
    return ProgramRun.of(
        dir, environment, List.of(Path.of("bin", "release").toAbsolutePath().toString(), version));
  }

  private ProgramRun shell(String script) throws Exception {
    return ProgramRun.of(dir, environment, List.of("sh", "-c", "cd '" + dir + "' && " + script));
  }

  private static String architecture() {
    String name = System.getProperty("os.arch");
    return name.equals("aarch64") ? "arm64" : name;
  }

  private void assembled(String version) throws IOException {
    Path program = dir.resolve("program");
    FakeCheckout.executable(
        program.resolve("bin/pushfanout"), "#!/bin/sh\necho 'pushfanout " + version + "'\n");
    Files.createDirectories(program.resolve("lib"));
    Files.writeString(program.resolve("lib/bom.json"), "{}");
    Files.writeString(program.resolve("pushfanout.jar"), "jar");
  }

  /** Creates a container engine that answers, and that writes the requested file. */
  private void engine(String name) throws IOException {
    program(
        name,
        """
        echo "$*" >>"$DIR/%s.log"
        for word; do
          case $word in
            type=oci,dest=*) echo image >"${word#type=oci,dest=}" ;;
            oci-archive:*) word=${word#oci-archive:}; echo image >"${word%%%%:*}" ;;
          esac
        done
        """
            .formatted(name));
  }

  private void program(String name, String script) throws IOException {
    FakeCheckout.executable(dir.resolve("path").resolve(name), "#!/bin/sh\n" + script);
  }
}
