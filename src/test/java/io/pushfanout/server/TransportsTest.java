package io.pushfanout.server;

import static io.pushfanout.server.TransportDifference.BINARY_METADATA;
import static io.pushfanout.server.TransportDifference.FAILURE;
import static io.pushfanout.server.TransportDifference.HALF_SECOND_MESSAGE;
import static io.pushfanout.server.TransportDifference.LONG_HEADERS;
import static io.pushfanout.server.TransportDifference.MALFORMED_HEADERS;
import static io.pushfanout.server.TransportDifference.MALFORMED_TIMEOUT;
import static io.pushfanout.server.TransportDifference.PREFIX_ALONE;
import static io.pushfanout.server.TransportDifference.REFLECTION_FAULT;
import static io.pushfanout.server.TransportDifference.SECOND_MESSAGE;
import static io.pushfanout.server.TransportDifference.SHOWN_TEXT;
import static io.pushfanout.server.TransportDifference.TOO_LARGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tools.SomeLimits;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Own frames give callers the answers of gRPC's library, but for each {@link TransportDifference}.
 */
@Timeout(60)
class TransportsTest {
  /** Differences by the names of their cases, as regular expressions. */
  private static final Map<String, TransportDifference> DIFFERENCES =
      Map.ofEntries(
          Map.entry(
              "path |method |no (path|method|scheme)|empty name|blank name|line end|nul",
              MALFORMED_HEADERS),
          Map.entry("path /x{1000}|type x{300}|nodes é:1", SHOWN_TEXT),
          Map.entry("binary", BINARY_METADATA),
          Map.entry(
              "timeout (S||5|5s|5 S|10{8}n|0{8}1S|9{11}S|x|5.5S)|good and bad timeout"
                  + "|unknown method, timeout",
              MALFORMED_TIMEOUT),
          Map.entry(
              "flag of reflection .*|(half prefix|cut|negative|most negative|compressed"
                  + "|a message and half a prefix|gigabyte|(4097|8192|60000) bytes)"
                  + " /grpc.reflection.*",
              REFLECTION_FAULT),
          Map.entry("prefix only /(protocol|grpc).*", PREFIX_ALONE),
          Map.entry(
              "(gigabyte|(most )?negative|(4097|8192|60000) bytes) /(protocol|grpc.health).*",
              TOO_LARGE),
          Map.entry(
              "no gzip|half a gzip|empty gzip|bad gzip /(protocol|grpc).*"
                  + "|(4097|8192|60000) bytes as gzip /(protocol|grpc).*"
                  + "|(noise|zeros|4096 bytes( as gzip)?) /grpc.*",
              FAILURE),
          Map.entry("two messages /(protocol|grpc.health).*", SECOND_MESSAGE),
          Map.entry("a message and half a prefix /(protocol|grpc.health).*", HALF_SECOND_MESSAGE),
          Map.entry("metadata of (90|200)000.*", LONG_HEADERS));

  private static BothTransports servers;

  @BeforeAll
  static void start() throws Exception {
    servers =
        new BothTransports(
            SomeLimits.messageSize(TransportCase.MAX_MESSAGE), BothTransports.BY_TOKEN);
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  static Stream<TransportCase> cases() throws Exception {
    return Stream.concat(HeaderCases.all().stream(), MessageCases.all().stream());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bothAnswerTheSame(TransportCase each) throws Exception {
    Set<TransportDifference> meant =
        DIFFERENCES.entrySet().stream()
            .filter(difference -> each.name().matches(difference.getKey()))
            .map(Map.Entry::getValue)
            .collect(Collectors.toSet());
    assertThat(servers.compare(each.script(), each.awaited(), meant)).isEqualTo(meant.isEmpty());
  }
}
