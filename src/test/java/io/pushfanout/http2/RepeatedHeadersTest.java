package io.pushfanout.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import org.junit.jupiter.api.Test;

class RepeatedHeadersTest {
  private static Http2Headers request() {
    return new DefaultHttp2Headers().method("POST").path("/protocol.PushServer/Broadcast");
  }

  @Test
  void theHeadersOfUsualCallsAreKept() {
    assertThat(RepeatedHeaders.mayKeep(request().add("authorization", "x".repeat(1000)))).isTrue();
  }

  @Test
  void longValuesAndManyFieldsAreNotKept() {
    assertThat(RepeatedHeaders.mayKeep(request().add("a", "x".repeat(3000)))).isFalse();
    Http2Headers many = request();
    for (int i = 0; i < 300; i++) {
      many.add("name-" + i, "value");
    }
    assertThat(RepeatedHeaders.mayKeep(many)).isFalse();
  }
}
