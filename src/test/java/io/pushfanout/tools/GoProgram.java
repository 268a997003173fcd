package io.pushfanout.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A program of this project that is written in Go, and that tests run. */
public enum GoProgram {
  /** Connect-nodes and callers on grpc-go. */
  PEER("src/test/go/peer", "."),
  /** The connect-node on grpc-go of the interoperation tests. */
  ECHO("src/test/go/peer", "./echo"),
  /** The connect-node of the docs. */
  EXAMPLE("examples/connect-node-go", "."),
  /** The caller of the docs, whose folder's own script builds it again. */
  CALLER("examples/caller-go", ".");

  private static final Path BUILT = Path.of("target", "tools").toAbsolutePath();
  private static final long BUILD_MINUTES = 10;

  private final Path module;
  private final String target;
  private @Nullable Path program;

  GoProgram(String module, String target) {
    this.module = Path.of(module);
    this.target = target;
  }

  /**
   * Returns the program of the present sources; the first call in a process builds it.
   *
   * @throws IllegalStateException when Go cannot build it, with the compiler's output
   */
  public synchronized Path path() {
    Path built = program;
    if (built == null) {
      try {
        built = build();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      program = built;
    }
    return built;
  }

  String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  private Path build() throws IOException {
    Programs.require("go", GoTool.NEED);
    Files.createDirectories(BUILT);
    Path built = BUILT.resolve(title());
    // A running program's file cannot be written, but another file can take its name.
    Path fresh = BUILT.resolve(built.getFileName() + ".new-" + ProcessHandle.current().pid());
    ProcessBuilder go =
        new ProcessBuilder(List.of("go", "build", "-o", fresh.toString(), target))
            .directory(module.toFile());
    @Nullable String whyNot =
        ToolCache.run(go, BUILT.resolve(built.getFileName() + ".log"), BUILD_MINUTES);
    if (whyNot != null) {
      throw new IllegalStateException(GoTool.NEED + "; " + whyNot);
    }
    return Files.move(fresh, built, StandardCopyOption.ATOMIC_MOVE);
  }
}
