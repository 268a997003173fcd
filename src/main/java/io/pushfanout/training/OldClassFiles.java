package io.pushfanout.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * A rewriter of class files from before Java 6, which no AOT cache takes: only the JVM's old
 * verifier can check them. Each copy has the version of Java 7 and the stack maps that the present
 * verifier needs; its code is unchanged. The build runs the rewriter.
 */
public final class OldClassFiles {
  private static final String SUFFIX = ".class";

  private final JarFile library;
  private final ClassFile files;

  private OldClassFiles(JarFile library) {
    this.library = library;
    // A stack map names the common superclass of two types, which may be the library's own.
    ClassHierarchyResolver types =
        ClassHierarchyResolver.ofResourceParsing(this::open)
            .orElse(ClassHierarchyResolver.defaultResolver());
    files =
        ClassFile.of(StackMapsOption.GENERATE_STACK_MAPS, ClassHierarchyResolverOption.of(types));
  }

  /**
   * Writes the copies of a library's old class files.
   *
   * @param arguments the library's jar, and the folder for the copies
   */
  public static void main(String[] arguments) throws IOException {
    rewrite(Path.of(arguments[0]), Path.of(arguments[1]));
  }

  static void rewrite(Path jar, Path folder) throws IOException {
    try (JarFile library = new JarFile(jar.toFile())) {
      OldClassFiles old = new OldClassFiles(library);
      for (JarEntry entry : library.stream().toList()) {
        if (entry.getName().endsWith(SUFFIX)) {
          old.rewrite(entry, folder.resolve(entry.getName()));
        }
      }
    }
  }

  private void rewrite(JarEntry entry, Path copy) throws IOException {
    ClassModel read = files.parse(library.getInputStream(entry).readAllBytes());
    if (read.majorVersion() < ClassFile.JAVA_6_VERSION) {
      Files.createDirectories(copy.getParent());
      Files.write(copy, files.transformClass(read, versionOfJava7().andThen(writtenAnew())));
    }
  }

  private static ClassTransform versionOfJava7() {
    return (to, element) -> {
      if (element instanceof ClassFileVersion) {
        to.withVersion(ClassFile.JAVA_7_VERSION, 0);
      } else {
        to.with(element);
      }
    };
  }

  /** Returns a transform that writes each method's code again, so that it gets its stack maps. */
  private static ClassTransform writtenAnew() {
    return ClassTransform.transformingMethodBodies((to, element) -> to.with(element));
  }

  private @Nullable InputStream open(ClassDesc type) {
    String descriptor = type.descriptorString();
    JarEntry entry = library.getJarEntry(descriptor.substring(1, descriptor.length() - 1) + SUFFIX);
    try {
      return entry == null ? null : library.getInputStream(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
