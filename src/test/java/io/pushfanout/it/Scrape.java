package io.pushfanout.it;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The samples of {@code /metrics} at one moment. */
record Scrape(List<Sample> samples) {
  private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  record Sample(String name, Map<String, String> labels, double value) {}

  static Scrape of(String text) {
    List<Sample> samples = new ArrayList<>();
    for (String line : text.lines().filter(l -> !l.startsWith("#") && !l.isBlank()).toList()) {
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new AssertionError("/metrics has a line that is no sample: " + line);
      }
      Map<String, String> labels = new HashMap<>();
      String inBraces = matcher.group(2);
      if (inBraces != null) {
        LABEL.matcher(inBraces).results().forEach(l -> labels.put(l.group(1), l.group(2)));
      }
      samples.add(new Sample(matcher.group(1), labels, Double.parseDouble(matcher.group(3))));
    }
    return new Scrape(samples);
  }

  /** Returns the sum over the samples of this name that have these labels; 0 without any. */
  long sum(String name, Map<String, String> labels) {
    return (long)
        samples.stream()
            .filter(s -> s.name().equals(name))
            .filter(s -> s.labels().entrySet().containsAll(labels.entrySet()))
            .mapToDouble(Sample::value)
            .sum();
  }

  /** Returns the broadcasts of one outcome, in all fanouts and outside of them. */
  long broadcasts(String outcome) {
    return sum("pushfanout_broadcasts_total", Map.of("outcome", outcome));
  }
}
