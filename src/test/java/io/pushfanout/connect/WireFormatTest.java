package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.http2.Bodies;
import io.pushfanout.model.DeliveryTarget;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.ProcessId;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.model.Via;
import io.pushfanout.queue.QueuedMessage;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The small rules of gRPC on HTTP/2, each by itself. */
class WireFormatTest {
  @ParameterizedTest
  @CsvSource({
    "-1, 1n",
    "0, 1n",
    "99999999, 99999999n",
    "100000000, 100000u",
    "100000001, 100001u",
    "5000000000, 5000000u",
    "100000000000, 100000m",
    "600000000000, 600000m",
    "9223372036854775807, 2562048H"
  })
  void aTimeoutHasEightDigitsAtMostAndIsNeverZero(long nanos, String text) {
    assertThat(RequestHeadersFactory.timeout(nanos)).isEqualTo(text);
  }

  private static final long TIMEOUT = Duration.ofSeconds(5).toNanos();

  private static Via via(String... processes) {
    return Via.of(Arrays.stream(processes).map(ProcessId::new).toList());
  }

  @Test
  void headersOfTheSameKindAreMadeOnce() {
    RequestHeadersFactory requests =
        new RequestHeadersFactory(NodeAddress.parse("[::1]:50052"), TlsChoice.PLAINTEXT);
    var headers = requests.headers(Rpc.BROADCAST_TO_ROOM, via("a", "b"), TIMEOUT);
    assertThat(headers.authority()).hasToString("[::1]:50052");
    assertThat(headers.path()).hasToString("/protocol.PushServer/BroadcastToRoom");
    assertThat(headers.get("grpc-timeout")).hasToString("5000000u");
    assertThat(headers.get("pushfanout-via")).hasToString("a,b");
    assertThat(headers.contains("pushfanout-target")).isFalse();
    assertThat(requests.headers(Rpc.BROADCAST_TO_ROOM, via("a", "b"), TIMEOUT)).isSameAs(headers);
    assertThat(requests.headers(Rpc.BROADCAST_TO_ROOM, via("a"), TIMEOUT).get("pushfanout-via"))
        .hasToString("a");
    assertThat(requests.headers(Rpc.BROADCAST_TO_ROOM, via("a"), 1).get("grpc-timeout"))
        .hasToString("1n");
    assertThat(requests.headers(Rpc.BROADCAST, Via.NONE, 1).contains("pushfanout-via")).isFalse();
  }

  @Test
  void callsAndStreamsNameTheTargetThatHoldsWhenTheyBegin() {
    RequestHeadersFactory requests =
        new RequestHeadersFactory(NodeAddress.parse("[::1]:50052"), TlsChoice.PLAINTEXT);
    var before = requests.headers(Rpc.BROADCAST, via("a"), TIMEOUT);
    requests.target(new DeliveryTarget("prod/chat"));

    var after = requests.headers(Rpc.BROADCAST, via("a"), TIMEOUT);
    assertThat(before.contains("pushfanout-target")).isFalse();
    assertThat(after.get("pushfanout-target")).hasToString("prod/chat");
    assertThat(requests.headers(Rpc.BROADCAST, via("a"), TIMEOUT)).isSameAs(after);
    assertThat(requests.streamHeaders().get("pushfanout-target")).hasToString("prod/chat");

    requests.target(null);
    assertThat(requests.headers(Rpc.BROADCAST, via("a"), TIMEOUT).contains("pushfanout-target"))
        .isFalse();
    assertThat(requests.streamHeaders().contains("pushfanout-target")).isFalse();
  }

  @Test
  void aNodeIsCalledByTheNameThatItsCertificateIsFor() {
    NodeAddress node = NodeAddress.parse("10.0.0.1:50052");
    assertThat(
            new RequestHeadersFactory(node, new TlsChoice("p", null)).streamHeaders().authority())
        .hasToString("10.0.0.1:50052");
    assertThat(
            new RequestHeadersFactory(node, new TlsChoice("p", "node.example"))
                .streamHeaders()
                .authority())
        .hasToString("node.example:50052");
    assertThat(
            new RequestHeadersFactory(node, new TlsChoice("p", "::1")).streamHeaders().authority())
        .hasToString("[::1]:50052");
  }

  @Test
  void aMessageIsItsLengthAndTheBytesThemselves() {
    byte[] bytes = new byte[0x010203];
    new Random(1).nextBytes(bytes);
    byte[] body =
        Bodies.written(
            new UnaryRequest(QueuedMessage.alone(new Payload(Rpc.BROADCAST, bytes), 0, 0)));
    assertThat(body).startsWith(0, 0, 1, 2, 3);
    assertThat(Arrays.copyOfRange(body, 5, body.length)).isEqualTo(bytes);
  }

  @Test
  void textFromOutsideIsOneShortLine() {
    assertThat(PeerMessage.line("a\nb\u001b[31m\u202e\ud800"))
        .isEqualTo("a\\nb\\u001b[31m\\u202e\\ud800");
    assertThat(PeerMessage.line("😀".repeat(300))).isEqualTo("😀".repeat(100) + "…");
    assertThat(PeerMessage.percentDecoded("%F0%9F%98%80".repeat(300)))
        .isEqualTo("😀".repeat(100) + "…");
    assertThat(PeerMessage.percentDecoded("50%")).isEqualTo("50%");
  }

  @ParameterizedTest
  @CsvSource({
    "400, INTERNAL",
    "401, UNAUTHENTICATED",
    "403, PERMISSION_DENIED",
    "404, UNIMPLEMENTED",
    "429, UNAVAILABLE",
    "502, UNAVAILABLE",
    "503, UNAVAILABLE",
    "504, UNAVAILABLE",
    "500, UNKNOWN"
  })
  void httpStatusesAreMapped(String http, StatusCode code) {
    assertThat(StatusMapping.ofHttpStatus(http)).isEqualTo(code);
  }

  @Test
  void resetsAreMapped() {
    assertThat(StatusMapping.ofReset(Http2Error.CANCEL)).isEqualTo(StatusCode.CANCELLED);
    assertThat(StatusMapping.ofReset(Http2Error.ENHANCE_YOUR_CALM))
        .isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
    assertThat(StatusMapping.ofReset(Http2Error.INADEQUATE_SECURITY))
        .isEqualTo(StatusCode.PERMISSION_DENIED);
    assertThat(StatusMapping.ofReset(Http2Error.NO_ERROR)).isEqualTo(StatusCode.INTERNAL);
    assertThat(StatusMapping.ofReset(null)).isEqualTo(StatusCode.INTERNAL);
    assertThat(StatusMapping.nameOf(77)).isEqualTo("error 77");
  }

  @ParameterizedTest
  @CsvSource({"5000, 4949, false", "5000, 4950, true", "100, 89, false", "100, 90, true"})
  void aCancelIsTheNodesDeadlineTenMillisecondsOrAHundredthBeforeOurs(
      long timeoutMillis, long afterMillis, boolean due) {
    long left = (timeoutMillis - afterMillis) * 1_000_000;
    assertThat(UnaryCall.isDue(left, timeoutMillis * 1_000_000)).isEqualTo(due);
  }

  @Test
  void waitsGrowToASecondGiveOrTakeAFifth() {
    Backoff backoff = new Backoff(new Random(1));
    assertThat(millis(backoff)).isBetween(80L, 120L);
    assertThat(millis(backoff)).isBetween(128L, 192L);
    assertThat(LongStream.generate(() -> millis(backoff)).skip(5).limit(1000).boxed())
        .allMatch(wait -> wait >= 800 && wait <= 1200);
    backoff.reset();
    assertThat(millis(backoff)).isBetween(80L, 120L);
  }

  private static long millis(Backoff backoff) {
    return backoff.nextNanos() / 1_000_000;
  }
}
