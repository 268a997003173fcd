package io.pushfanout.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static final String GOOD =
      """
      {"flag":true,"count":9223372036854775807,"text":"a\\u001b\\u2028","items":[{"name":"x"}],\
      "counts":{"b":1,"a":2},"added":["y"]}\
      """;

  private record Item(String name) {}

  private record Document(
      boolean flag,
      long count,
      String text,
      List<Item> items,
      Map<String, Long> counts,
      @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> added) {}

  @Test
  void aRecordIsWrittenInItsOrderAndReadBack() {
    Document read = read(GOOD);

    assertThat(read.count()).isEqualTo(Long.MAX_VALUE);
    assertThat(read.text()).isEqualTo("a\u001b\u2028");
    String written = new String(Json.bytes(read), StandardCharsets.UTF_8);
    assertThat(written).isEqualTo(GOOD.replace("\\u001b", "\\u001B").replace("\\u2028", "\u2028"));
    assertThat(read(written)).isEqualTo(read);
  }

  @Test
  void anIndentedTextHasNoControlCharactersAndTheSameMeaning() {
    String pretty = Json.pretty(read(GOOD));

    assertThat(pretty.replace("\n", "")).doesNotContainPattern("[\\p{C}\\p{Zl}\\p{Zp}]");
    assertThat(read(pretty)).isEqualTo(read(GOOD));
  }

  @Test
  void unknownKeysAreIgnoredAndOptionalOnesAreEmpty() {
    assertThat(read(GOOD.replace("\"added\"", "\"unheardOf\"")).added()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "flag":true                 | "flag":"true"      | flag
          "flag":true                 | "flag":1           | flag
          "flag":true                 | "flag":null        | flag
          "flag":true                 | "other":true       | flag
          "count":9223372036854775807 | "count":"7"        | count
          "count":9223372036854775807 | "count":1.5        | count
          "count":9223372036854775807 | "count":1e999      | count
          "count":9223372036854775807 | "count":9223372036854775808 | count
          "count":9223372036854775807 | "count":true       | count
          "count":9223372036854775807 | "count":null       | count
          "count":9223372036854775807 | "other":1          | count
          "text":                     | "text":7,"other":  | text
          "text":                     | "text":7.5,"other": | text
          "text":                     | "text":true,"other": | text
          "text":                     | "text":{},"other": | text
          "text":                     | "text":null,"other": | text
          [{"name":"x"}]              | [null]             | items
          [{"name":"x"}]              | [[]]               | items
          [{"name":"x"}]              | ["x"]              | items
          [{"name":"x"}]              | {}                 | items
          [{"name":"x"}]              | ""                 | items
          [{"name":"x"}]              | [{"name":7}]       | name
          [{"name":"x"}]              | [{}]               | name
          {"b":1,"a":2}               | {"b":null}         | b
          {"b":1,"a":2}               | {"b":"1"}          | b
          {"b":1,"a":2}               | []                 | counts
          """)
  void aValueOfAnotherTypeIsNeverConvertedAndTheMessageNamesItsKey(
      String good, String bad, String key) {
    assertThat(GOOD).contains(good);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(GOOD.replace(good, bad)))
        .withMessage("\"" + key + "\" is missing or of another type");
  }

  @Test
  void aMessageIsOneShortLine() {
    String key = "\\u001b" + "x".repeat(1000);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(GOOD.replace("\"b\":1", "\"" + key + "\":{}")))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200).doesNotContain("\u001b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "[]", "null", "7", "\"x\"", "{", "{} {}", "{}]", "<html>"})
  void onlyAnObjectIsADocument(String text) {
    assertThat(Json.object(text)).isEmpty();
  }

  private static Document read(String text) {
    ObjectNode object = Json.object(text).orElseThrow();
    return Json.read(object, Document.class);
  }
}
