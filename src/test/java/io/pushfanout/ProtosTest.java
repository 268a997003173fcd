package io.pushfanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tools.NpmTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the protos to the rules of buf.yaml, and to their last state: fields and methods come, and
 * never go or change.
 */
class ProtosTest {
  private static final String WRITE = "mvn test -Dtest=ProtosTest -Dprotos=write";
  private static final Path LAST_STATE = Path.of("src", "test", "resources", "proto-baseline");

  @TempDir Path dir;

  @BeforeEach
  void copyOfTheProtos() throws IOException {
    Files.copy(Path.of("buf.yaml"), dir.resolve("buf.yaml"));
    copy(Path.of("proto"), Files.createDirectory(dir.resolve("proto")));
  }

  @Test
  void theyKeepTheRules() throws Exception {
    assertThat(lint()).isEmpty();

    edit("delivery.proto", "string message_id", "string messageId");
    assertThat(lint()).contains("Field name \"messageId\" should be lower_snake_case");
  }

  @Test
  void theyBreakNothingOfTheLastState() throws Exception {
    assertThat(breaking()).isEmpty();

    edit("push.proto", "  int32 waiting = 8;\n", "");
    assertThat(breaking()).contains("field \"8\" with name \"waiting\"", "was deleted");
  }

  @Test
  void theLastStateIsThePresentOne() throws Exception {
    if ("write".equals(System.getProperty("protos"))) {
      assertThat(breaking()).isEmpty();
      copy(Path.of("proto"), LAST_STATE);
    }
    for (Path proto : protos(Path.of("proto"))) {
      assertThat(LAST_STATE.resolve(proto.getFileName()))
          .as("stale: %s writes it", WRITE)
          .hasSameTextualContentAs(proto);
    }
  }

  private String lint() throws Exception {
    return buf("lint");
  }

  private String breaking() throws Exception {
    return buf("breaking", "--against", LAST_STATE.toAbsolutePath().toString());
  }

  /** Returns the findings on the copies; empty without one. */
  private String buf(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(NpmTool.buf().toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true);
    builder.environment().put("BUF_CACHE_DIR", dir.resolve("cache").toString());
    Process buf = builder.start();
    String findings = new String(buf.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(buf.waitFor()).as(findings).isEqualTo(findings.isEmpty() ? 0 : 100);
    return findings;
  }

  private void edit(String name, String before, String after) throws IOException {
    Path proto = dir.resolve("proto").resolve(name);
    String text = Files.readString(proto);
    assertThat(text).contains(before);
    Files.writeString(proto, text.replace(before, after));
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Path proto : protos(from)) {
      Files.copy(proto, to.resolve(proto.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static List<Path> protos(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".proto")).sorted().toList();
    }
  }
}
