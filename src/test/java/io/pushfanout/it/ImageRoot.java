package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tools.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A directory with the files that the Dockerfile adds to its base image, because no container
 * engine runs here. Both stages share the directory, since a copy between stages keeps its path.
 */
final class ImageRoot {
  private final ImageRecipe recipe;
  private final Path root;

  private ImageRoot(ImageRecipe recipe, Path root) {
    this.recipe = recipe;
    this.root = root;
  }

  static ImageRoot build(ImageRecipe recipe, Path root) throws IOException, InterruptedException {
    // JUnit's directory is readable only for the user of the tests.
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    ImageRoot image = new ImageRoot(recipe, root);
    for (ImageRecipe.Instruction instruction : recipe.instructions()) {
      switch (instruction.name()) {
        case "RUN" -> image.execute(instruction.words());
        case "COPY" -> image.copy(instruction.words());
        case "ARG", "FROM", "LABEL", "ENV", "USER", "EXPOSE", "ENTRYPOINT", "CMD" -> {}
        default -> throw new AssertionError("not known here: " + instruction);
      }
    }
    return image;
  }

  /** Runs a program of the image on this JDK, which stands for the JDK of the first stage. */
  private void execute(List<String> words) throws IOException, InterruptedException {
    ProcessBuilder command = new ProcessBuilder(words.stream().map(this::inside).toList());
    command.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process run = command.redirectErrorStream(true).start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(run.waitFor()).as(said).isZero();
  }

  private void copy(List<String> words) throws IOException {
    String from = words.getFirst();
    String to = words.getLast();
    if (from.startsWith("--from=")) {
      assertThat(words.get(1)).isEqualTo(to);
      return;
    }
    for (String source : words.subList(0, words.size() - 1)) {
      assertThat(Path.of(".dockerignore")).content().contains("\n!" + source + "\n");
      Path target = file(to);
      copy(
          Path.of(source),
          to.endsWith("/") ? target.resolve(Path.of(source).getFileName()) : target);
    }
  }

  private static void copy(Path source, Path target) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path copied = target.resolve(source.relativize(file).toString());
        Files.createDirectories(copied.getParent());
        Files.copy(file, copied);
      }
    }
  }

  /** Returns a path of the image, or an option with one, as a path on this machine. */
  private String inside(String word) {
    return word.replaceFirst("^(@|-XX:AOTCache=|)/(opt|build)/", "$1" + root + "/$2/");
  }

  /**
   * Runs the image with these arguments, in a folder without write access, and with only the
   * image's environment and these variables. The process runs as the image's user if this one is
   * root, and otherwise as the user of the tests.
   */
  ChildProcess run(Map<String, String> variables, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      List<String> user = user();
      command.addAll(
          List.of(
              "setpriv",
              "--reuid=" + user.getFirst(),
              "--regid=" + user.getLast(),
              "--clear-groups"));
    }
    command.addAll(List.of("env", "-i", "-C", "/"));
    for (String variable : recipe.the("ENV").words()) {
      command.add(variable.replace("/opt/", root + "/opt/"));
    }
    variables.forEach((name, value) -> command.add(name + "=" + value));
    recipe.array("ENTRYPOINT").stream().map(this::inside).forEach(command::add);
    command.addAll(arguments);
    return ChildProcess.start("image", Map.of(), command);
  }

  /** Returns the numbers of user and group. */
  List<String> user() {
    return List.of(recipe.the("USER").rest().split(":", -1));
  }

  static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a file or folder of the image. */
  Path file(String path) {
    return Path.of(inside(path));
  }

  /** Returns the bytes of all files below this path of the image. */
  long size(String path) throws IOException {
    try (Stream<Path> files = Files.walk(file(path))) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
