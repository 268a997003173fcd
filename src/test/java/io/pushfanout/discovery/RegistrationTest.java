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

  /** The forms of docs/connect-nodes.md, with the keys of the frameworks. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "x | grpc://10.0.0.1:1 | 10.0.0.1:1",
        "x | GRPCS://[2001:DB8::1]:1/path?isSecure=true#x | [2001:db8::1]:1",
        "x | dns:///node.example:1 | node.example:1",
        "x | dns://10.0.0.53/node.example:1 | node.example:1",
        "x | dns:node.example:1 | node.example:1",
        "x | passthrough:///10.0.0.1:1 | 10.0.0.1:1",
        "x | ipv4:10.0.0.1:1 | 10.0.0.1:1",
        "x | ipv6:[::1]:1 | [::1]:1",
        "x | \"10.0.0.1:1\" | 10.0.0.1:1",
        "x | \" grpc://10.0.0.1:1 \" | 10.0.0.1:1",
        "x | dns:1 | dns:1",
        // kratos
        "0a1b | {\"id\":\"0a1b\",\"name\":\"push\",\"version\":\"\",\"metadata\":{},\"endpoints\":[\"http://10.0.0.1:8000\",\"grpc://10.0.0.1:9000\"]} | 10.0.0.1:9000",
        "0a1b | {\"endpoints\":[\"grpc://10.0.0.1:9000?isSecure=false\"]} | 10.0.0.1:9000",
        // kitex and hertz
        "10.0.0.1:8 | {\"network\":\"tcp\",\"address\":\"10.0.0.2:8\",\"weight\":10,\"tags\":null} | 10.0.0.2:8",
        "10.0.0.1:8 | {\"Weight\":10,\"Tags\":null} | 10.0.0.1:8",
        "id | {\"endpoints\":[\"tcp://10.0.0.1:1\",\"10.0.0.1:2\",\"GRPCS://[::1]:3/?a=b\",\"grpc://10.0.0.1:4\"]} | [::1]:3",
        "id | {\"endpoints\":[\"http://10.0.0.1:1\",\"tcp://10.0.0.1:2\"]} | 10.0.0.1:2",
        // go-micro, without its metadata
        "push-1 | {\"name\":\"push\",\"version\":\"latest\",\"metadata\":null,\"endpoints\":[{\"name\":\"Push.Send\",\"request\":{\"values\":[{\"address\":\"x\"}]}}],\"nodes\":[{\"id\":\"push-1\",\"metadata\":{\"address\":\"y:1\"},\"address\":\"10.0.0.1:41\"}]} | 10.0.0.1:41",
        "push-1 | {\"endpoints\":[],\"nodes\":[null,{},{\"address\":\"10.0.0.1:41\"}]} | 10.0.0.1:41",
        "push-1 | {\"nodes\":[{\"address\":\"10.0.0.1:40\",\"metadata\":{\"protocol\":\"http\"}},{\"metadata\":{\"a\":{\"protocol\":\"mucp\"},\"protocol\":\"grpc\"},\"address\":\"10.0.0.1:41\"}]} | 10.0.0.1:41",
        // GoFrame
        "v1/10.0.0.1:8 | {} | 10.0.0.1:8",
        "latest/10.0.0.1:8,192.168.0.1:8 | {\"protocol\":\"grpc\"} | 10.0.0.1:8",
        // dubbo-go: interfaces, and instances
        "tri%3A%2F%2F10.0.0.1%3A20000%2Fcom.example.Push%3Fgroup%3Da%26methods%3DSend | `` | 10.0.0.1:20000",
        "dubbo%3a%2f%2f10.0.0.1%3a20000%2fcom.example.Push%3fa%3db%26ext.protocol%3drest%2ctri%26c%3dd | `` | 10.0.0.1:20000",
        "x | dubbo://10.0.0.1:20000/com.example.Push?ext.protocol=tri | 10.0.0.1:20000",
        "10.0.0.1:20000 | {\"ID\":\"10.0.0.1:20000\",\"ServiceName\":\"push\",\"Host\":\"10.0.0.1\",\"Port\":20000,\"Metadata\":{\"a\":\"b\"},\"Address\":\"\"} | 10.0.0.1:20000",
        // rpcx
        "tcp@10.0.0.1:8972 | `` | 10.0.0.1:8972",
        "tcp@10.0.0.1:8972 | calls=0.00&group=a | 10.0.0.1:8972",
        "x | tcp@10.0.0.1:8972 | 10.0.0.1:8972",
        "tcp@10.0.0.1:8972 | {\"a\":1} | 10.0.0.1:8972",
      })
  void formsOfFrameworksGiveTheirAddress(String suffix, String value, String address) {
    assertThat(parse(suffix, value)).isEqualTo(new Registration.Node(NodeAddress.parse(address)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "x | http://10.0.0.1:1 | must be host:port, without http://, is \"http://10.0.0.1:1\"",
        "x | grpc://10.0.0.1 | must be host:port, with a port, is \"10.0.0.1\"",
        "x | grpc://fe80::1:1 | must be host:port, an IPv6 address in brackets: [address]:port, is \"fe80::1:1\"",
        "x | grpc://a b:1 | not a host name or IP address: \"a b\"",
        "x | a:1,b:2 | must be host:port, one address alone, is \"a:1,b:2\"",
        "x | grpc://a:1,b:2 | must be host:port, one address alone, is \"a:1,b:2\"",
        "x | dns://a:1 | must be host:port, without dns://, is \"dns://a:1\"",
        "x | unix:///run/a.sock | must be host:port, not a Unix socket, is \"unix:///run/a.sock\"",
        "x | quic@10.0.0.1:1 | the network is not tcp",
        "quic@10.0.0.1:1 | a=b | the network is not tcp",
        "x | [\"10.0.0.1:1\"] | the JSON is a list, and no object",
        "consumer%3A%2F%2F10.0.0.1%2Fx%3Fa%3Db | `` | must be host:port, without consumer://, is \"consumer://10.0.0.1/x?a=b\"",
        "tri%3A%2F%2F10.0.0.1%3A1%2 | `` | not URL-encoded to its end",
        "x | {\"endpoints\":[\"http://10.0.0.1:8000\"]} | \"endpoints\" has no URL with grpc://",
        "x | {\"endpoints\":[]} | \"endpoints\" has no URL with grpc://",
        "x | {\"nodes\":[{\"id\":\"a\"}]} | \"nodes\" has no \"address\"",
        "a:1 | {\"network\":\"unix\",\"address\":\"/run/a.sock\"} | the \"network\" is not tcp",
        "latest/a:1 | {\"protocol\":\"http\"} | the \"protocol\" is http, not grpc",
        "0a1b | {\"name\":\"push\"} | the JSON has no address, and the key has none: must be host:port, with a port, is \"0a1b\"",
        "x | {\"endpoints\":null} | the JSON has no address, and the key has none: must be host:port, with a port, is \"x\"",
        "x | {\"nodes\":[{\"address\":\"a:1\",\"metadata\":{\"protocol\":\"mucp\"}}]} | the \"protocol\" is mucp, not grpc",
        "x | {\"Addr\":\"a:1\" | not JSON: it ends too early",
        "x | user@a:1 | not a host name or IP address: \"user@a\"",
        "x | grpc:///a:1 | must be host:port, without grpc:///, is \"grpc:///a:1\"",
        "x | [ \"a:1\" ] | the JSON is a list, and no object",
        "x | [] | the JSON is a list, and no object",
        "x | dubbo://a:1/com.example.Push?ext.protocol=rest | must be host:port, without dubbo://, is \"dubbo://a:1/com.example.Push?ext.protocol=rest\"",
        "dubbo%3A%2F%2Fa%3A1%2Fx%3Fside%3Dprovider | `` | must be host:port, without dubbo://, is \"dubbo://a:1/x?side=provider\"",
        "a:1 | {\"Op\":0} | the JSON has no \"Addr\"",
        "a/b:1 | `` | must be host:port, without a path, is \"a/b:1\"",
      })
  void theFirstCauseIsTheTrueOne(String suffix, String value, String problem) {
    assertThat(parse(suffix, value)).isEqualTo(new Registration.Malformed(problem));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sub/", "a:1/"})
  void aKeyOfADirectoryIsNoNodeAndNoMistake(String suffix) {
    assertThat(parse(suffix, "")).isEqualTo(new Registration.Directory());
    assertThat(parse(suffix, " \n")).isEqualTo(new Registration.Directory());
    assertThat(parse(suffix, "a:1")).isInstanceOf(Registration.Node.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2",
        "hunter2:x",
        "a:1,hunter2",
        "hunter2@x:1",
        "{hunter2}",
        "{\"a\":hunter2}",
        "http://hunter2:1",
        "hunter2 :1",
        "[\"hunter2\"]",
        "{\"address\":\"hunter2\"}"
      })
  void aValueIsNotQuotedToReadersThatMayHaveNoRightToIt(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    assertThat(Registration.parse("key", bytes, false))
        .isInstanceOfSatisfying(
            Registration.Malformed.class,
            malformed -> assertThat(malformed.problem()).isNotBlank().doesNotContain("hunter"));
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
        "[\"127.0.0.1:1\"]",
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
  void aValueWithoutAnAddressIsMalformedAndItsProblemIsOneSafeLine(String value) {
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
  void hostileValuesAreRefusedWithTheirOwnProblem() {
    assertThat(problem(new byte[2_000_000])).contains("2000000 bytes");
    assertThat(problem(new byte[] {(byte) 0xc3, 0x28})).isEqualTo("the value is not UTF-8");
    assertThat(problem("{\"Metadata\":" + "[".repeat(60_000))).contains("depth");
    assertThat(problem("{\"Metadata\":" + "{\"a\":".repeat(10_000))).contains("depth");
    assertThat(problem("{\"Op\":" + "1".repeat(60_000))).startsWith("not JSON");
    assertThat(problem("a.".repeat(30_000) + "a:1")).isEqualTo("not host:port: 60003 characters");
    assertThat(problem("{\"Addr\":\"" + "9".repeat(60_000) + "\"}"))
        .isEqualTo("not host:port: 60000 characters");
    assertThat(problem(":".repeat(60_000))).contains("60000 characters");
    assertThat(problem("grpc://" + "a".repeat(60_000) + ":1")).contains("60009 characters");
    assertThat(problem("grpc://" + "a".repeat(400) + ":1"))
        .isEqualTo("not host:port: 402 characters");
    assertThat(problem("grpc%3A%2F%2F" + "%3A".repeat(20_000))).contains("60013 characters");
    assertThat(problem("http://" + "a".repeat(1_000))).contains("without http://");
    assertThat(problem("{\"endpoints\":" + "[".repeat(60_000))).contains("depth");
    assertThat(problem("{\"nodes\":[" + "{\"a\":".repeat(10_000))).contains("depth");
    assertThat(problem("{\"nodes\":[" + "{},".repeat(20_000))).startsWith("not JSON");
  }

  @Test
  void longMetadataIsIgnored() {
    assertThat(parse("x", "{\"Metadata\":\"" + "m".repeat(60_000) + "\",\"Addr\":\"a:1\"}"))
        .isEqualTo(new Registration.Node(new NodeAddress("a", 1)));
  }

  private static String problem(String value) {
    return problem(value.getBytes(StandardCharsets.UTF_8));
  }

  private static String problem(byte[] value) {
    return switch (Registration.parse("127.0.0.1:1", value, true)) {
      case Registration.Malformed(String problem) -> problem;
      case Registration.Directory _ -> throw new AssertionError("a directory");
      case Registration.Node node -> throw new AssertionError(node.toString());
    };
  }

  private static Registration parse(String suffix, String value) {
    return Registration.parse(suffix, value.getBytes(StandardCharsets.UTF_8), true);
  }
}
