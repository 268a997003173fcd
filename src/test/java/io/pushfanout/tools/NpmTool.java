package io.pushfanout.tools;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** The Node.js packages of {@code tools/node/package-lock.json}. */
public final class NpmTool {
  private static final Path LIST = Path.of("tools", "node");
  private static final String NEED = "Node.js 18 or later with npm is needed (https://nodejs.org)";
  private static final long INSTALL_MINUTES = 10;

  private NpmTool() {}

  /**
   * Returns the folder for {@code NODE_PATH}; the first call installs the packages.
   *
   * @throws IllegalStateException if they cannot be installed, with the reason
   */
  public static Path modules() throws IOException {
    Programs.require("node", NEED);
    Path folder = ToolCache.folder("node", version());
    Path complete = folder.resolve("complete");
    ToolCache.makeUnlessThere(complete, () -> install(folder, complete));
    return folder.resolve("node_modules");
  }

  /**
   * Returns the linter of the protos.
   *
   * @throws IllegalStateException if it cannot be installed, with the reason
   */
  public static Path buf() throws IOException {
    return modules().resolve(Path.of(".bin", "buf"));
  }

  /** Returns a hash of all pinned versions. */
  private static String version() throws IOException {
    return Hashing.sha256()
        .hashString(Files.readString(LIST.resolve("package-lock.json")), StandardCharsets.UTF_8)
        .toString()
        .substring(0, 12);
  }

  private static void install(Path folder, Path complete) throws IOException {
    Programs.require("npm", NEED);
    for (String file : new String[] {"package.json", "package-lock.json"}) {
      Files.copy(LIST.resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    ProcessBuilder npm =
        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            .directory(folder.toFile());
    @Nullable String whyNot = ToolCache.run(npm, folder.resolve("log"), INSTALL_MINUTES);
    if (whyNot != null) {
      throw new IllegalStateException(NEED + "; " + whyNot);
    }
    Files.createFile(complete);
  }
}
