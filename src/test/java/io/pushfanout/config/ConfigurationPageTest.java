package io.pushfanout.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.Bounds;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.model.SettingException;
import io.pushfanout.model.SettingField;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.text.DurationFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares the configuration page with the fields, defaults and bounds in the code. */
class ConfigurationPageTest {
  private static final Pattern RANGE = Pattern.compile("must be from (\\S+) to (\\S+), is .*");
  private static final Pattern CHOICE = Pattern.compile("must be one of (.*), is .*");
  private static final Pattern FORM =
      Pattern.compile("must be (a DNS .*|namespace/name .*), is .*");

  private static String page() throws IOException {
    return Files.readString(Path.of("docs/configuration.md"));
  }

  /** Returns the page's row of a field, cell by cell. */
  private static List<String> row(String field) throws IOException {
    return page()
        .lines()
        .filter(line -> line.startsWith("| `" + field + "` |"))
        .map(line -> List.of(line.split(" *\\| *", -1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no row for " + field));
  }

  @ParameterizedTest
  @EnumSource(SettingField.class)
  void eachSettingHasARowWithItsDefaultAndBounds(SettingField field) throws IOException {
    List<String> row = row(field.path());

    Object shown = field.show(FanoutSettings.DEFAULT);
    assertThat(row.get(2)).isEqualTo(shown.equals("") ? "" : "`" + shown + "`");
    assertThat(row.get(3)).startsWith(bounds(field));
    assertThat(row.get(4)).isNotEmpty();
  }

  /**
   * Returns the bounds from the field's refusals of values that have the wrong form or exceed every
   * bound.
   */
  private static String bounds(SettingField field) {
    for (String beyond : List.of("?", "-1", "1", "9999h")) {
      SettingsBuilder builder = FanoutSettings.DEFAULT.toBuilder();
      try {
        field.set(builder, beyond);
        builder.build();
      } catch (SettingException e) {
        Matcher range = RANGE.matcher(e.problem());
        Matcher choice = CHOICE.matcher(e.problem());
        Matcher form = FORM.matcher(e.problem());
        if (e.field().equals(field.path()) && range.matches()) {
          return range.group(1) + "–" + range.group(2);
        }
        if (choice.matches()) {
          return List.of(choice.group(1).split(", ")).stream()
              .map(value -> "`" + value + "`")
              .collect(Collectors.joining(", "));
        }
        if (form.matches()) {
          return form.group(1);
        }
      }
    }
    throw new AssertionError(field + " refuses nothing");
  }

  @Test
  void discoveryHasItsDefaultsAndBounds() throws IOException {
    assertThat(row("discovery.etcd.serviceName").get(2))
        .isEqualTo("`" + Discovery.Etcd.DEFAULT_SERVICE + "`");
    List<String> grace = row("discovery.etcd.removalGracePeriod");
    assertThat(grace.get(2))
        .isEqualTo("`" + DurationFormat.format(Discovery.Etcd.DEFAULT_GRACE) + "`");
    assertThat(grace.get(3))
        .isEqualTo(shown(Bounds.REMOVAL_GRACE_MIN) + "–" + shown(Bounds.REMOVAL_GRACE_MAX));
    assertThat(row("discovery.endpointSlices.port").get(2))
        .isEqualTo("`" + Discovery.EndpointSlices.DEFAULT_PORT + "`");
    assertThat(page().replaceAll("\\s+", " "))
        .contains("`discovery` has exactly one of `etcd`, `static`, `endpointSlices` and `dns`");
    List<String> refresh = row("discovery.dns.refresh");
    assertThat(refresh.get(2))
        .isEqualTo("`" + DurationFormat.format(Discovery.Dns.DEFAULT_REFRESH) + "`");
    assertThat(refresh.get(3))
        .isEqualTo(shown(Bounds.DNS_REFRESH_MIN) + "–" + shown(Bounds.DNS_REFRESH_MAX));
    assertThat(row("discovery.dns.port").get(3)).isEqualTo(Bounds.PORT_MIN + "–" + Bounds.PORT_MAX);
    assertThat(row("discovery.static.nodes").get(3))
        .startsWith(Bounds.STATIC_NODES_MIN + "–" + Bounds.STATIC_NODES_MAX + " ");
  }

  @Test
  void overridesHaveTheirBounds() throws IOException {
    assertThat(row("overrides").get(3)).isEqualTo("0–" + Bounds.OVERRIDES_MAX);
    assertThat(row("overrides[].nodes").get(3))
        .startsWith(Bounds.OVERRIDE_NODES_MIN + "–" + Bounds.OVERRIDE_NODES_MAX + " ");
    assertThat(page())
        .contains(
            NodeOverride.FIELDS.stream()
                .map(SettingField::path)
                .collect(Collectors.joining("`, `.", "| `overrides[].", "` |")));
  }

  @Test
  void theFilesBoundsAreThoseOfTheReader() throws IOException {
    assertThat(page().replaceAll("\\s+", " "))
        .contains(
            "at most %d aliases a document".formatted(YamlGuard.MAX_ALIASES),
            String.format(
                Locale.ROOT,
                "at most %d MiB, %,d values and %d levels",
                ResourceReader.MAX_BYTES >> 20,
                YamlGuard.MAX_VALUES,
                YamlGuard.MAX_DEPTH));
  }

  @Test
  void theExampleOfThePageIsValid() throws IOException {
    String page = page();
    int from = page.indexOf("```yaml\n") + "```yaml\n".length();
    String example = page.substring(from, page.indexOf("```", from));

    ParseResult reading = ResourceReader.read(example.getBytes(StandardCharsets.UTF_8));

    assertThat(reading.problems()).isEmpty();
    assertThat(reading.fanouts()).hasSize(1);
  }

  private static String shown(long millis) {
    return DurationFormat.format(Duration.ofMillis(millis));
  }
}
