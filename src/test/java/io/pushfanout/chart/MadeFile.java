package io.pushfanout.chart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file in the repository that is made from others: {@code -Ddeploy=write} writes it. */
record MadeFile(Path file, String wanted) {
  /** Fails when it is stale. */
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
