package io.pushfanout.config;

import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.model.FanoutSpec;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A fuzz target for files of PushFanouts: the reader accepts a file, or each problem has a line of
 * the file.
 */
public final class ResourceFileFuzz implements FuzzTarget {
  /** Line ends of YAML. */
  private static final Pattern LINE_END = Pattern.compile("\r\n|[\r\n\u0085\u2028\u2029]");

  private static final int LONGEST_FIELD = 201;
  private static final int LONGEST_MESSAGE = 401;

  @Override
  public String name() {
    return "resource-file";
  }

  @Override
  public void take(byte[] input) {
    ParseResult reading = ResourceReader.read(input);

    long lines = 1 + LINE_END.matcher(Held.text(input)).results().count();
    Held.that(reading.problems().size() <= Problems.MOST + 1, "many problems");
    int before = 1;
    for (FileProblem problem : reading.problems()) {
      Held.that(problem.line() >= before && problem.line() <= lines, "line", problem, lines);
      Held.line(problem.field(), LONGEST_FIELD);
      Held.line(problem.message(), LONGEST_MESSAGE);
      before = problem.line();
    }
    Set<Object> names = new HashSet<>();
    for (FoundFanout found : reading.fanouts()) {
      FanoutSpec spec = found.spec();
      Held.that(names.add(spec.name()), "twice", spec.name());
    }
  }
}
