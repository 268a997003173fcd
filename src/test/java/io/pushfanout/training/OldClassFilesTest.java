package io.pushfanout.training;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The copies of picocli's class files, which are of Java 5. */
class OldClassFilesTest {
  @TempDir static Path folder;
  private static Path jar;

  @BeforeAll
  static void rewrite() throws Exception {
    jar =
        Stream.of(System.getProperty("java.class.path").split(":"))
            .map(Path::of)
            .filter(path -> path.getFileName().toString().startsWith("picocli-"))
            .findFirst()
            .orElseThrow();
    OldClassFiles.rewrite(jar, folder);
  }

  @Test
  void everyOldClassHasACopyThatACacheTakes() throws IOException {
    Map<String, ClassModel> old = originals();

    assertThat(copies()).containsOnlyKeys(old.keySet()).containsKey("picocli/CommandLine.class");
    assertThat(old.values()).allMatch(one -> one.majorVersion() < ClassFile.JAVA_6_VERSION);
    assertThat(copies().values()).allMatch(copy -> copy.majorVersion() == ClassFile.JAVA_7_VERSION);
  }

  @Test
  void theInstructionsAreUnchanged() throws IOException {
    Map<String, ClassModel> copies = copies();

    originals()
        .forEach(
            (name, original) ->
                assertThat(instructions(requireNonNull(copies.get(name))))
                    .as(name)
                    .isEqualTo(instructions(original)));
  }

  /** Initialises each copy, which the JVM verifies before that. */
  @Test
  void theJvmVerifiesEveryCopy() throws Exception {
    URL[] found = {folder.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(found, ClassLoader.getPlatformClassLoader())) {
      for (String file : copies().keySet()) {
        String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
        assertThat(Class.forName(name, true, loader).getClassLoader()).isEqualTo(loader);
      }
    }
  }

  private static Map<String, ClassModel> originals() throws IOException {
    Map<String, ClassModel> originals = new TreeMap<>();
    try (JarFile library = new JarFile(jar.toFile())) {
      for (var entry : library.stream().filter(e -> e.getName().startsWith("picocli/")).toList()) {
        if (!entry.isDirectory()) {
          originals.put(
              entry.getName(), ClassFile.of().parse(library.getInputStream(entry).readAllBytes()));
        }
      }
    }
    return originals;
  }

  private static Map<String, ClassModel> copies() throws IOException {
    Map<String, ClassModel> copies = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        copies.put(
            folder.relativize(file).toString(), ClassFile.of().parse(Files.readAllBytes(file)));
      }
    }
    return copies;
  }

  /** Returns the instructions of each method, as text. */
  private static List<String> instructions(ClassModel of) {
    return of.methods().stream()
        .map(
            method ->
                method.methodName()
                    + method.methodType().stringValue()
                    + method.code().stream()
                        .flatMap(code -> code.elementStream())
                        .filter(Instruction.class::isInstance)
                        .map(CodeElement::toString)
                        .toList())
        .toList();
  }
}
