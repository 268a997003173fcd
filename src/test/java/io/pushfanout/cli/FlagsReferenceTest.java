package io.pushfanout.cli;

import io.pushfanout.tools.MadePage;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Consistency between the page of options and the commands. */
class FlagsReferenceTest {
  @Test
  void theFlagsAreThoseOfTheCommands() throws IOException {
    MadePage.assertIs("flags.md", FlagsPage.generated());
  }
}
