package io.pushfanout.tools;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes all programs that the tests run beside this JVM, before the first test: a build of some
 * minutes must not delay a test.
 */
public final class GetTools {
  /** A step that makes one tool, or finds it. */
  interface Step {
    Object get() throws Exception;
  }

  private GetTools() {}

  /** Exits with 1 if a tool cannot be made, and prints a sentence for each reason. */
  public static void main(String[] args) {
    List<String> missing = get(steps());
    missing.forEach(System.err::println);
    if (!missing.isEmpty()) {
      System.err.println(
          "tools: the build without these tests is mvn verify -DskipTests; to run some tests"
              + " all the same: -Dtools.skip");
      System.exit(1);
    }
  }

  private static Map<String, Step> steps() {
    Map<String, Step> steps = new LinkedHashMap<>();
    for (GoTool tool : GoTool.values()) {
      steps.put(tool.title(), tool::path);
    }
    for (GoProgram program : GoProgram.values()) {
      steps.put("the program " + program.title(), program::path);
    }
    steps.put("Python's packages", PythonTool::interpreter);
    steps.put("Node.js's packages", NpmTool::modules);
    steps.put("nginx", Programs::nginx);
    return steps;
  }

  /**
   * Returns a sentence for each reason for a missing tool; the sentence names all tools of that
   * reason.
   */
  static List<String> get(Map<String, Step> steps) {
    Map<String, List<String>> missing = new LinkedHashMap<>();
    int number = 0;
    for (Map.Entry<String, Step> step : steps.entrySet()) {
      long start = System.nanoTime();
      System.err.printf("tools: %d of %d: %s%n", ++number, steps.size(), step.getKey());
      try {
        step.getValue().get();
        long seconds = (System.nanoTime() - start) / 1_000_000_000;
        if (seconds > 0) {
          System.err.printf("tools: %s took %d s%n", step.getKey(), seconds);
        }
      } catch (Exception e) {
        missing
            .computeIfAbsent(String.valueOf(e.getMessage()), _ -> new ArrayList<>())
            .add(step.getKey());
      }
    }
    return missing.entrySet().stream()
        .map(e -> "tools: " + String.join(", ", e.getValue()) + ": " + e.getKey())
        .toList();
  }
}
