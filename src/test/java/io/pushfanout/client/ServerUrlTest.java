package io.pushfanout.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerUrlTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:8080",
        "localhost",
        "ftp://127.0.0.1",
        "http://",
        "http://user:secret@127.0.0.1",
        "http://127.0.0.1?x=1",
        "http://127.0.0.1#x",
        "http://a b",
        "",
        "http://\u001b[31m"
      })
  void serverHasToBeAUrl(String server) {
    assertThatThrownBy(() -> ServerUrl.parse(server))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must be a URL such as http://127.0.0.1:8080, is \"")
        .hasMessageNotContaining("\u001b");
  }
}
