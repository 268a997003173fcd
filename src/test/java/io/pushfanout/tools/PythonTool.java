package io.pushfanout.tools;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Python with what {@code tools/python/requirements.txt} names, in an environment of its own. */
public final class PythonTool {
  private static final Path REQUIREMENTS = Path.of("tools", "python", "requirements.txt");
  private static final String NEED =
      "Python 3.10 or later with venv is needed (on Debian: apt-get install python3-venv)";
  private static final long INSTALL_MINUTES = 10;

  private PythonTool() {}

  /**
   * The interpreter; its environment is made by the first that asks.
   *
   * @throws IllegalStateException when it cannot be made; says why
   */
  public static Path interpreter() throws IOException {
    Path folder = ToolCache.folder("python", version());
    Path complete = folder.resolve("complete");
    Path interpreter = folder.resolve(Path.of("venv", "bin", "python"));
    if (!Files.isExecutable(interpreter)) {
      // A link to the machine's Python, which may have been replaced or be gone.
      Files.deleteIfExists(complete);
    }
    ToolCache.makeUnlessThere(complete, () -> install(folder, complete));
    return interpreter;
  }

  /** That of all pins together. */
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
