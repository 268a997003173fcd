package io.pushfanout.model;

import io.fabric8.kubernetes.api.model.Quantity;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.GlobSet;
import io.pushfanout.text.Printable;
import io.pushfanout.text.QuantityFormat;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** A fuzz test of setting texts: the first line is the text of a setting, the second of a node. */
public final class SettingTextsFuzz implements FuzzTarget {
  private static final int LONGEST_MESSAGE = 500;

  @Override
  public String name() {
    return "setting-texts";
  }

  @Override
  public void take(byte[] input) {
    String[] lines = Held.lines(input, 2);
    duration(lines[0]);
    bytes(lines[0]);
    fanoutName(lines[0]);
    for (SettingField field : SettingField.values()) {
      setting(field, lines[0]);
    }
    glob(lines[0], lines[1]);
    printable(Held.text(input));
  }

  private static void duration(String text) {
    try {
      Duration duration = DurationFormat.parse(text);
      Held.that(
          DurationFormat.parse(DurationFormat.format(duration)).equals(duration), "time", text);
      Held.that(text.length() <= DurationFormat.LENGTH_MAX, "longer than said", text);
    } catch (IllegalArgumentException e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
    }
  }

  private static void bytes(String text) {
    long bytes;
    try {
      bytes = QuantityFormat.parse(text);
    } catch (IllegalArgumentException e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
      return;
    }
    Held.that(QuantityFormat.parse(QuantityFormat.format(bytes)) == bytes, "bytes", text);
    Held.that(text.length() <= QuantityFormat.LENGTH_MAX, "longer than said", text);
    BigDecimal byFabric8 = Quantity.getAmountInBytes(Quantity.parse(text));
    Held.that(byFabric8.compareTo(BigDecimal.valueOf(bytes)) == 0, "quantity", text, byFabric8);
  }

  private static void fanoutName(String text) {
    try {
      Held.that(FanoutName.parse(text).toString().equals(text), "name", text);
    } catch (IllegalArgumentException e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
    }
  }

  private static void setting(SettingField field, String text) {
    try {
      SettingsBuilder builder = FanoutSettings.DEFAULT.toBuilder();
      field.set(builder, text);
      FanoutSettings settings = builder.build();
      SettingsBuilder again = FanoutSettings.DEFAULT.toBuilder();
      field.set(again, String.valueOf(field.show(settings)));
      Held.that(again.build().equals(settings), "not as it is shown", field, text);
    } catch (SettingException e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
    }
  }

  private static void glob(String text, String node) {
    try {
      String glob = NodeOverride.normalGlob(text);
      String lower = node.toLowerCase(Locale.ROOT);
      boolean matches = GlobSet.matches(glob, lower);
      // A regular expression takes for ever over many stars.
      if (glob.chars().filter(c -> c == '*').count() < 5 && lower.length() < 100) {
        Held.that(regex(glob).matcher(lower).matches() == matches, "glob", glob, lower);
      }
    } catch (SettingException e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
    }
  }

  private static Pattern regex(String glob) {
    StringBuilder regex = new StringBuilder();
    glob.chars()
        .forEach(
            c ->
                regex.append(
                    switch (c) {
                      case '*' -> ".*";
                      case '?' -> ".";
                      default -> Pattern.quote(Character.toString(c));
                    }));
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  private static void printable(String text) {
    String line = Printable.line(text);
    Held.that(Printable.line(line).equals(line), "changes twice", text);
    Held.that(line.lines().count() <= 1, "not one line", line);
    Held.that(Printable.line(text, 20).length() <= 21, "not cut", text);
    String json = "{\"a\":\"" + Printable.jsonString(text) + "\"}";
    Held.that(new JsonObject(json).getString("a").equals(text), "means something else", json);
  }
}
