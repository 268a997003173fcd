package io.pushfanout.management;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import java.util.Locale;
import java.util.Map;

/** A fuzz target for the {@code Accept} header, with any bytes that HTTP permits. */
public final class AcceptFuzz implements FuzzTarget {
  private static final String REFUSES_OPEN_METRICS = ",application/openmetrics-text;version=1.0.0";

  @Override
  public String name() {
    return "accept";
  }

  @Override
  public void take(byte[] input) {
    String header = new String(input, ISO_8859_1);
    AcceptedTypes.Match match = new AcceptedTypes(header).match("text", "plain", Map.of());
    Held.that(match.weight() >= 0 && match.weight() <= 1, "weight", match);
    Held.that(match.precision() >= 0 && match.precision() <= 3, "precision", match);
    MetricsFormat format = MetricsFormat.of(header);
    if (header.chars().allMatch(c -> c < 0x80)) {
      Held.that(MetricsFormat.of(" " + header + "\t, ,") == format, "by blanks", header);
    }
    boolean named = header.toLowerCase(Locale.ROOT).contains("openmetrics");
    Held.that(
        named || MetricsFormat.of(header + REFUSES_OPEN_METRICS + ";q=0") != OPEN_METRICS,
        "refused and yet chosen",
        header);
  }

  private static final MetricsFormat OPEN_METRICS = MetricsFormat.OPEN_METRICS;
}
