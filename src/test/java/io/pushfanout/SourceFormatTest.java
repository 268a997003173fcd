package io.pushfanout;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import io.pushfanout.tools.FormattedSources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Holds the sources to google-java-format. It runs here, on the project's own JDK, because a
 * formatter plugin runs on Maven's JDK, which may not know the language level. A source is
 * formatted once on a machine, for each version of the formatter.
 */
@Execution(ExecutionMode.CONCURRENT)
class SourceFormatTest {
  /** {@code mvn test -Dtest=SourceFormatTest -Dformat=apply} rewrites the files instead. */
  private static final boolean APPLY = "apply".equals(System.getProperty("format"));

  @Test
  void sourcesAreFormatted() throws Exception {
    List<Path> unformatted = new ArrayList<>();
    FormattedSources known = FormattedSources.load();
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String source = Files.readString(file);
        if (known.contains(source)) {
          continue;
        }
        String formatted = format(source);
        known.add(formatted);
        if (!formatted.equals(source)) {
          unformatted.add(file);
          if (APPLY) {
            Files.writeString(file, formatted);
          }
        }
      }
    }
    known.save();
    if (!APPLY) {
      assertThat(unformatted).as("rewrite them with -Dformat=apply").isEmpty();
    }
  }

  private static String format(String source) throws Exception {
    String tidy =
        RemoveUnusedImports.removeUnusedImports(ImportOrderer.reorderImports(source, Style.GOOGLE));
    return new Formatter().formatSource(tidy);
  }
}
