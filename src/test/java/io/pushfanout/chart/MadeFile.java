package io.pushfanout.chart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of the repository that the build generates: {@code -Ddeploy=write} writes the file. */
record MadeFile(Path file, String wanted) {
  /** Fails when the file is stale. */
  void check() throws IOException {
    if ("write".equals(System.getProperty("deploy"))) {
      Files.writeString(file, wanted);
    }
    if (!Files.exists(file) || !Files.readString(file).equals(wanted)) {
      throw new AssertionError(
          file
              + " is stale. Write it, and all its like, with: mvn verify -Ddeploy=write"
              + " -Dtest=MadeFilesTest -Dit.test=MadeFilesIT");
    }
  }
}
