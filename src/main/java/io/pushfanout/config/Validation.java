package io.pushfanout.config;

import io.pushfanout.reload.SmallFile;
import io.pushfanout.text.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The result of checking files without serving them.
 *
 * @param lines problems, {@code file:line: field: message}, and a count for each good file
 * @param valid whether all files are good, and no name is in two of them
 */
public record Validation(List<String> lines, boolean valid) {

  private static final int LONGEST_KINDS = 200;

  public Validation {
    lines = List.copyOf(lines);
  }

  /** Checks files, and the files of directories, in the given order and each once. */
  public static Validation of(Collection<Path> paths) {
    List<String> lines = new ArrayList<>();
    boolean valid = true;
    NameClaims names = new NameClaims();
    Set<Path> files = new LinkedHashSet<>();
    for (Path path : paths) {
      try {
        files.addAll(new ConfigFiles(path).list());
      } catch (IOException e) {
        valid = false;
        lines.add(FileProblem.of(e).in(path.toString()));
      }
    }
    for (Path file : files) {
      ParseResult reading = read(file);
      List<FileProblem> problems =
          reading.isGood() ? names.conflicts(reading.fanouts()) : reading.problems();
      names.claim(file, reading.fanouts());
      valid &= problems.isEmpty();
      if (problems.isEmpty()) {
        lines.add(Printable.line(file.toString()) + ": " + good(reading));
      }
      problems.forEach(problem -> lines.add(problem.in(file.toString())));
    }
    return new Validation(lines, valid);
  }

  private static ParseResult read(Path file) {
    try {
      return ResourceReader.readAmongOthers(SmallFile.read(file, ResourceReader.MAX_BYTES).bytes());
    } catch (IOException e) {
      return ParseResult.refused(FileProblem.of(e));
    }
  }

  private static String good(ParseResult reading) {
    int fanouts = reading.fanouts().size();
    return "%d PushFanout%s, valid".formatted(fanouts, fanouts == 1 ? "" : "s")
        + skipped(reading.skipped());
  }

  private static String skipped(Set<String> kinds) {
    return kinds.isEmpty()
        ? ""
        : "; other kinds, which kubectl takes and --config refuses, are not checked: "
            + Printable.line(String.join(", ", kinds), LONGEST_KINDS);
  }
}
