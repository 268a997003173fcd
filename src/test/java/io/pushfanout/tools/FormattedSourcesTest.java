package io.pushfanout.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormattedSourcesTest {
  @TempDir private Path dir;

  private FormattedSources load() throws IOException {
    return FormattedSources.load(dir.resolve("cache").resolve("hashes"));
  }

  @Test
  void theNextRunHasTheSourcesOfThisOneByTheirBytes() throws IOException {
    FormattedSources first = load();
    assertThat(first.contains("class A {}")).isFalse();
    first.add("class A {}");
    first.save();

    FormattedSources second = load();
    assertThat(second.contains("class A {}")).isTrue();
    assertThat(second.contains("class A { }")).isFalse();
  }

  @Test
  void sourcesThatAreGoneAreForgotten() throws IOException {
    FormattedSources first = load();
    first.add("class A {}");
    first.add("class B {}");
    first.save();
    FormattedSources second = load();
    assertThat(second.contains("class B {}")).isTrue();
    second.save();

    assertThat(load().contains("class A {}")).isFalse();
    assertThat(load().contains("class B {}")).isTrue();
  }
}
