package io.pushfanout.it;

import io.pushfanout.tools.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A release's program in a user's folder, on a machine that seems to have no other Java. */
record Unpacked(Path folder) {
  private static final Pattern PAGE = Pattern.compile("Watch the messages arrive: +(http\\S+)");

  static Unpacked from(Path archive, Path into) throws IOException {
    var _ = Release.run(List.of("tar", "-xzf", archive.toString(), "-C", into.toString()));
    try (Stream<Path> unpacked = Files.list(into)) {
      return new Unpacked(unpacked.findFirst().orElseThrow());
    }
  }

  /** Starts the program with nothing on its PATH, without a home, and with its cache required. */
  ChildProcess start(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "-i",
                "-C",
                "/",
                "PATH=/nonexistent",
                "HOME=/nonexistent",
                "PUSHFANOUT_JAVA_OPTS=-XX:AOTMode=on",
                folder.resolve("bin/pushfanout").toString()));
    command.addAll(List.of(arguments));
    return ChildProcess.start("unpacked", Map.of(), command);
  }

  /** Waits for the demo to name its page, and returns the address. */
  String awaitPage(ChildProcess demo) {
    demo.awaitLine("Watch the messages arrive:", Duration.ofSeconds(60));
    Matcher page = PAGE.matcher(demo.stdout());
    if (!page.find()) {
      throw new AssertionError(demo.toString());
    }
    return page.group(1);
  }
}
