package io.pushfanout.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Splitter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubprotocolsTest {
  @Test
  void requestWithoutTheHeaderOffersNone() {
    assertThat(Subprotocols.parse(List.of()).offered()).isEmpty();
  }

  /** A bar separates the headers. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          json; json
          json, msgpack; json msgpack
          json,msgpack;json msgpack
          '\tjson , a'; json a
          json|msgpack, x; json msgpack x
          |json; json
          ,,json,; json
          json, JSON; json JSON
          eyJhbGciOiJub25lIn0.e30.; eyJhbGciOiJub25lIn0.e30.
          v1.chat!#$%&'*+-^_`|~9; v1.chat!#$%&'*+-^_` ~9
          """)
  void offersOfAllHeadersAreOneListInOrder(String headers, String offered) {
    assertThat(Subprotocols.parse(Splitter.on('|').splitToList(headers)).offered())
        .isEqualTo(Splitter.on(' ').splitToList(offered));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", ",", " , ,", "|", "a b", "a;b", "a/b", "a=b", "\"a\"", "\u00e4", "a, b c"
      })
  void refusesAHeaderThatIsNotAListOfTokens(String headers) {
    refuses(headers);
  }

  @ParameterizedTest
  @ValueSource(strings = {"json, json", "json|json", "a, b, a"})
  void aSubprotocolIsOfferedOnce(String headers) {
    refuses(headers);
  }

  private static void refuses(String headers) {
    assertThatThrownBy(() -> Subprotocols.parse(Splitter.on('|').splitToList(headers)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(Subprotocols.HEADER)
        .hasMessageEndingWith(".");
  }
}
