package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.NodeAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrationTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "127.0.0.1:50052 | 127.0.0.1:50052",
        "  Node.Example.COM.:1 | node.example.com:1",
        "[2001:DB8:0::1]:2 | [2001:db8::1]:2",
        "{\"Op\":0,\"Addr\":\"127.0.0.1:3\",\"Metadata\":null} | 127.0.0.1:3",
        "{\"Addr\":\"127.0.0.1:3\"} | 127.0.0.1:3",
        "{\"addr\":\" 127.0.0.1:3 \",\"op\":0} | 127.0.0.1:3",
        "{\"Addr\":\"127.0.0.1:2\",\"Addr\":\"127.0.0.1:3\"} | 127.0.0.1:3",
        "{\"Metadata\":{\"Addr\":\"127.0.0.1:9\",\"a\":[1,{}]},\"Addr\":\"[::1]:3\"} | [::1]:3",
        "{\"Addr\":\"127.0.0.1:3\",\"Weight\":1.5e3,\"Op\":0} | 127.0.0.1:3",
      })
  void theValueDecides(String value, String address) {
    assertThat(parse("10.0.0.1:1", value))
        .isEqualTo(new Registration.Node(NodeAddress.parse(address)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n"})
  void anEmptyValueMeansTheKeysSuffix(String value) {
    assertThat(parse("[FE80::1]:7", value))
        .isEqualTo(new Registration.Node(new NodeAddress("fe80::1", 7)));
    assertThat(parse("7f3a", value)).isInstanceOf(Registration.Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.1:0",
        "127.0.0.1:70000",
        "http://127.0.0.1:1",
        "2001:db8::1:1",
        "[127.0.0.1]:1",
        "256.0.0.1:1",
        "a b:1",
        "\"127.0.0.1:1\"",
        "[\"127.0.0.1:1\"]",
        "{}",
        "{",
        "{\"Addr\":\"\"}",
        "{\"Addr\":null}",
        "{\"Addr\":17}",
        "{\"Addr\":{\"Addr\":\"127.0.0.1:1\"}}",
        "{\"Addr\":[\"127.0.0.1:1\"]}",
        "{\"Addr\":\"127.0.0.1:1\"",
        "{\"Addr\":\"127.0.0.1:1\"} trailing",
        "{\"Addr\":\"127.0.0.1:1\"}{}",
        "{\"Addr\":\"127.0.0.1:1\",\"Op\":1}",
        "{\"Addr\":\"127.0.0.1:1\",\"Op\":\"0\"}",
        "{'Addr':'127.0.0.1:1'}",
        "{\"Addr\":\"127.0.0.1:1\\u000a\\u0007\"x}",
        "\u0000\u0001\u001b[31m:1",
        "\u202e:1",
      })
  void whatIsNoAddressIsMalformedAndItsProblemIsOneSafeLine(String value) {
    assertThat(parse("127.0.0.1:1", value))
        .isInstanceOfSatisfying(
            Registration.Malformed.class,
            malformed ->
                assertThat(malformed.problem())
                    .isNotBlank()
                    .hasSizeLessThan(250)
                    .doesNotContainPattern("[\\p{C}\\p{Zl}\\p{Zp}]"));
  }

  @Test
  void hostileValuesAreRefusedForWhatTheyAre() {
    assertThat(problem(new byte[2_000_000])).contains("2000000 bytes");
    assertThat(problem(new byte[] {(byte) 0xc3, 0x28})).isEqualTo("the value is not UTF-8");
    assertThat(problem("{\"Metadata\":" + "[".repeat(60_000))).contains("depth");
    assertThat(problem("{\"Metadata\":" + "{\"a\":".repeat(10_000))).contains("depth");
    assertThat(problem("{\"Op\":" + "1".repeat(60_000))).startsWith("not JSON");
    assertThat(problem("a.".repeat(30_000) + "a:1")).isEqualTo("not host:port: 60003 characters");
    assertThat(problem("{\"Addr\":\"" + "9".repeat(60_000) + "\"}"))
        .isEqualTo("not host:port: 60000 characters");
    assertThat(problem(":".repeat(60_000))).contains("60000 characters");
  }

  @Test
  void longMetadataIsNobodysBusiness() {
    assertThat(parse("x", "{\"Metadata\":\"" + "m".repeat(60_000) + "\",\"Addr\":\"a:1\"}"))
        .isEqualTo(new Registration.Node(new NodeAddress("a", 1)));
  }

  private static String problem(String value) {
    return problem(value.getBytes(StandardCharsets.UTF_8));
  }

  private static String problem(byte[] value) {
    return switch (Registration.parse("127.0.0.1:1", value)) {
      case Registration.Malformed(String problem) -> problem;
      case Registration.Node node -> throw new AssertionError(node.toString());
    };
  }

  private static Registration parse(String suffix, String value) {
    return Registration.parse(suffix, value.getBytes(StandardCharsets.UTF_8));
  }
}
