package io.pushfanout.tools;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Python with the packages of {@code tools/python/requirements.txt}, in an environment of its
 * own.
 */
public final class PythonTool {
  private static final Path REQUIREMENTS = Path.of("tools", "python", "requirements.txt");
  private static final String NEED =
      "Python 3.10 or later with venv is needed (on Debian: apt-get install python3-venv)";
  private static final long INSTALL_MINUTES = 10;

  private PythonTool() {}

  /**
   * Returns the interpreter; the first call makes its environment.
   *
   * @throws IllegalStateException if it cannot be made, with the reason
   */
  public static Path interpreter() throws IOException {
    Path folder = ToolCache.folder("python", version());
    Path complete = folder.resolve("complete");
    Path interpreter = folder.resolve(Path.of("venv", "bin", "python"));
    if (!Files.isExecutable(interpreter)) {
      // The interpreter is a link to the machine's Python, which may be another one now or absent.
      Files.deleteIfExists(complete);
    }
    ToolCache.makeUnlessThere(complete, () -> install(folder, complete));
    return interpreter;
  }

  /** Returns a hash of all pinned versions. */
  private static String version() throws IOException {
    return Hashing.sha256()
        .hashString(Files.readString(REQUIREMENTS), StandardCharsets.UTF_8)
        .toString()
        .substring(0, 12);
  }

  private static void install(Path folder, Path complete) throws IOException {
    Programs.require("python3", NEED);
    String venv = folder.resolve("venv").toString();
    run(folder, List.of("python3", "-m", "venv", "--clear", venv));
    run(
        folder,
        List.of(
            venv + "/bin/python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--only-binary",
            ":all:",
            "--requirement",
            REQUIREMENTS.toString()));
    Files.createFile(complete);
  }

  private static void run(Path folder, List<String> command) throws IOException {
    @Nullable String whyNot =
        ToolCache.run(new ProcessBuilder(command), folder.resolve("log"), INSTALL_MINUTES);
    if (whyNot != null) {
      throw new IllegalStateException(NEED + "; " + whyNot);
    }
  }
}
