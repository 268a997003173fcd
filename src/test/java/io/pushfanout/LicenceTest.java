package io.pushfanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The licence is the same wherever something asks for it. */
class LicenceTest {
  @Test
  void theLicenceIsTheWholeTextOfApache() throws IOException {
    assertThat(Files.readAllLines(Path.of("LICENSE")))
        .hasSize(202)
        .contains("                           Version 2.0, January 2004")
        .contains("   END OF TERMS AND CONDITIONS");
    assertThat(Path.of("NOTICE")).content().startsWith("PushFanout\nCopyright ");
  }

  @Test
  void thePomAndTheImageDeclareIt() throws IOException {
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<license>\n      <name>Apache-2.0</name>", "<scm>", "\n  <url>https://");
    assertThat(Path.of("Dockerfile"))
        .content()
        .contains("org.opencontainers.image.licenses=\"Apache-2.0\"")
        .contains("COPY LICENSE NOTICE ");
  }
}
