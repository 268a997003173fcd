package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tools.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Unused features, which must cost no time at the start. */
class LoadedClassesIT {
  @Test
  void serveWithoutKubernetesAndTracesLoadsNothingOfThem() throws IOException {
    Path log = ChildProcess.file("classes.log");
    Map<String, String> environment =
        Map.of(
            "PUSHFANOUT_JAVA_HOME",
            System.getProperty("java.home"),
            "PUSHFANOUT_JAVA_OPTS",
            // The cache's classes are loaded from the start, needed or not.
            "-XX:AOTMode=off -Xlog:class+load:file=" + log);
    List<String> command =
        List.of("bin/pushfanout", "serve", "--node=a:1", "--grpc-port=0", "--http-port=0");
    try (ChildProcess serve = ChildProcess.start("pushfanout", environment, command)) {
      serve.awaitLine("pushfanout: listening ", Duration.ofSeconds(60));
    }

    assertThat(Files.readString(log))
        .contains(" io.pushfanout.app.Server ")
        .doesNotContain(
            " io.fabric8.",
            " io.javaoperatorsdk.",
            " com.fasterxml.jackson.databind.",
            " io.opentelemetry.");
  }
}
