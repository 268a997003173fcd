package io.pushfanout.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GetToolsTest {
  @Test
  void everyToolIsTriedAndMissingOnesAreNamed() {
    List<String> tried = new ArrayList<>();
    Map<String, GetTools.Step> steps = new LinkedHashMap<>();
    steps.put("one", () -> fail(tried, "one needs Go"));
    steps.put("two", () -> tried.add("two"));
    steps.put("three", () -> fail(tried, "three needs npm"));
    steps.put("four", () -> fail(tried, "one needs Go"));

    assertThat(GetTools.get(steps))
        .containsExactly("tools: one, four: one needs Go", "tools: three: three needs npm");
    assertThat(tried).containsExactly("one needs Go", "two", "three needs npm", "one needs Go");
  }

  private static Object fail(List<String> tried, String why) {
    tried.add(why);
    throw new IllegalStateException(why);
  }
}
