package io.pushfanout.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolCacheTest {
  @TempDir Path dir;

  @Test
  void aFolderThatCanBeMadeIsWritableAndOneBelowAFileIsNot() throws IOException {
    Path file = Files.createFile(dir.resolve("file"));

    assertThat(ToolCache.isWritable(dir.resolve("a/b/c"))).isTrue();
    assertThat(ToolCache.isWritable(file.resolve("a"))).isFalse();
  }

  @Test
  void anUnwritablePlaceIsReportedInASentence() throws IOException {
    Path file = Files.createFile(dir.resolve("file"));

    assertThatThrownBy(() -> ToolCache.makeUnlessThere(file.resolve("a/tool"), () -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("no folder can be made for it; XDG_CACHE_HOME names another place");
  }

  @Test
  void theBuildHidesProxiesFromTheTests() {
    for (String variable : List.of("HTTP_PROXY", "https_proxy", "ALL_PROXY", "no_proxy")) {
      assertThat(System.getenv(variable)).as(variable).isNull();
    }
  }
}
