package io.pushfanout.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.json.BroadcastDocument.Item;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BroadcastReaderTest {
  private static BroadcastDocument read(String json) {
    return read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static BroadcastDocument read(byte[] json) {
    return BroadcastReader.read(json, json.length);
  }

  private static BroadcastItem valid(String json) {
    assertThat(read(json).items()).singleElement().isInstanceOf(Item.Valid.class);
    return ((Item.Valid) read(json).items().getFirst()).broadcast();
  }

  private static String why(String json) {
    assertThat(read(json).items()).singleElement().isInstanceOf(Item.Invalid.class);
    return ((Item.Invalid) read(json).items().getFirst()).why();
  }

  @Test
  void everyFieldIsRead() {
    assertThat(
            valid(
                """
                {"target":"a/b","room":"r","ver":-2147483648,"op":2147483647,"seq":0,"body":"\\ud83d\\ude00",
                "messageId":"i","wait":"w","timeout":"1m","nodes":["n:1"]}
                """))
        .isEqualTo(
            new BroadcastItem(
                "a/b",
                "r",
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                0,
                ByteBuffer.wrap("😀".getBytes(StandardCharsets.UTF_8)),
                "i",
                "w",
                Duration.ofMinutes(1),
                List.of("n:1")));
  }

  @Test
  void bytesOfTheArrayBehindTheDocumentDoNotCount() {
    byte[] bytes = "{}nonsense".getBytes(StandardCharsets.UTF_8);
    assertThat(BroadcastReader.read(bytes, 2).isList()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"ROOM\":\"a\"} | ROOM: there is no such field",
        "{\"op\":1,\"op\":1} | op: given more than once",
        "{\"body\":\"\",\"bodyBase64\":\"\"} | bodyBase64: given beside body",
        "{\"bodyBase64\":\"\",\"body\":\"\"} | body: given beside bodyBase64",
        "{\"room\":\"\"} | room: is empty",
        "{\"room\":null} | room: must be a string",
        "{\"room\":[\"a\"]} | room: must be a string",
        "{\"room\":\"\\ud800\"} | room: has one half of a surrogate pair",
        "{\"body\":\"a\\udc00b\"} | body: has one half of a surrogate pair",
        "{\"body\":7} | body: must be a string",
        "{\"bodyBase64\":\"a\"} | bodyBase64: must be base64",
        "{\"bodyBase64\":\"YQ==YQ==\"} | bodyBase64: must be base64",
        "{\"bodyBase64\":\"_-8=\"} | bodyBase64: must be base64",
        "{\"bodyBase64\":\"Y Q==\"} | bodyBase64: must be base64",
        "{\"op\":2147483648} | op: must be a whole number of 32 bits",
        "{\"op\":1.0} | op: must be a whole number of 32 bits",
        "{\"op\":1e3} | op: must be a whole number of 32 bits",
        "{\"op\":\"1\"} | op: must be a whole number of 32 bits",
        "{\"op\":null} | op: must be a whole number of 32 bits",
        "{\"op\":true} | op: must be a whole number of 32 bits",
        "{\"op\":{\"a\":[1,{}]},\"seq\":{}} | op: must be a whole number of 32 bits",
        "{\"timeout\":5} | timeout: must be a string",
        "{\"timeout\":\"soon\"} | timeout: must be a duration such as 500ms, 5s or 1m30s",
        "{\"timeout\":\"0s\"} | timeout: must be from 1ms to 1m",
        "{\"timeout\":\"60001ms\"} | timeout: must be from 1ms to 1m",
        "{\"nodes\":[]} | nodes: is empty",
        "{\"nodes\":\"a:1\"} | nodes: must be a list of host:port",
        "{\"nodes\":[\"a:1\",2]} | nodes: must be a list of host:port",
        "{\"nodes\":[[\"a:1\"]]} | nodes: must be a list of host:port",
        "{\"nodes\":[\"a:1,b:2\"]} | nodes: an entry has a comma",
      })
  void mistakeOfAnItemIsNamedByItsField(String json, String why) {
    assertThat(why(json)).startsWith(why);
    BroadcastDocument list = read("[{}," + json + ",{\"op\":2}]");
    assertThat(list.items()).hasSize(3);
    assertThat(list.items().get(0)).isInstanceOf(Item.Valid.class);
    assertThat(list.items().get(1)).isInstanceOf(Item.Invalid.class);
    assertThat(list.items().get(2)).isInstanceOf(Item.Valid.class);
  }

  @Test
  void unknownFieldIsNamedInOneShortLine() {
    assertThat(why("{\"" + "\\u001b[2J\\n".repeat(1000) + "\":1}"))
        .hasSizeLessThan(300)
        .doesNotContain("\u001b", "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "7",
        "\"text\"",
        "nonsense",
        "{",
        "[",
        "[{}",
        "{}{}",
        "[] x",
        "{} ,",
        "{\"op\":NaN}",
        "{\"op\":Infinity}",
        "{\"op\":01}",
        "{\"op\":+1}",
        "{'op':1}",
        "{op:1}",
        "{\"op\":1,}",
        "[{},]",
        "// comment\n{}",
        "{\"body\":\"\u0001\"}",
        "{\"body\":\"\\x\"}",
        "\ufeff{}",
      })
  void documentThatIsNoJsonIsRefusedAsAWhole(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("[\\x20-\\x7e]{1,200}");
  }

  @Test
  void depthIsBounded() {
    assertThatThrownBy(() -> read("[".repeat(1_000_000)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> read("{\"a\":".repeat(500_000)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void longTextIsRead() {
    String text = "é".repeat(30_000_000);
    assertThat(valid("{\"body\":\"" + text + "\"}").body().remaining()).isEqualTo(60_000_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE"})
  void otherEncodingsAreRefused(String charset) {
    assertThatThrownBy(() -> read("{\"op\":1}".getBytes(Charset.forName(charset))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void invalidUtf8IsRefused() {
    for (byte[] spoilt :
        List.of(
            new byte[] {(byte) 0xc0, (byte) 0x80},
            new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            new byte[] {(byte) 0xff},
            new byte[] {(byte) 0xe2, (byte) 0x82})) {
      byte[] json =
          ("{\"body\":\"" + "?".repeat(spoilt.length) + "\"}").getBytes(StandardCharsets.UTF_8);
      System.arraycopy(spoilt, 0, json, 9, spoilt.length);
      assertThatThrownBy(() -> read(json)).hasMessage("the body is not UTF-8");
    }
  }

  @Test
  void listHasAtMostAThousandItems() {
    String items = "0,".repeat(999);
    assertThat(read("[" + items + "0]").items()).hasSize(1000);
    assertThatThrownBy(() -> read("[" + items + "0,0]")).hasMessageContaining("1000");
  }
}
