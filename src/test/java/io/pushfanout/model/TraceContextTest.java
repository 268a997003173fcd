package io.pushfanout.model;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";
  private static final String HEADER = "00-" + TRACE + "-" + SPAN + "-";

  private static TraceContext parsed(String header) {
    return requireNonNull(TraceContext.parse(header));
  }

  @Test
  void headerHasItsPartsAndTravelsOnUnchanged() {
    TraceContext context = parsed(HEADER + "03");

    assertThat(context.traceId()).isEqualTo(TRACE);
    assertThat(context.spanId()).isEqualTo(SPAN);
    assertThat(context.isSampled()).isTrue();
    assertThat(context.traceparent()).isEqualTo(HEADER + "03");
    assertThat(TraceContext.sampled(TRACE, SPAN).traceparent()).isEqualTo(HEADER + "01");
  }

  @Test
  void lowestFlagAloneSaysWhetherATraceIsSampled() {
    assertThat(parsed(HEADER + "00").isSampled()).isFalse();
    assertThat(parsed(HEADER + "fe").isSampled()).isFalse();
    assertThat(parsed(HEADER + "ff").isSampled()).isTrue();
  }

  @Test
  void laterVersionIsReadAsFarAsTheFirstOneGoes() {
    String later = "cc" + HEADER.substring(2) + "01";
    assertThat(parsed(later).traceparent()).isEqualTo(HEADER + "01");
    assertThat(parsed(later + "-what-comes").traceparent()).isEqualTo(HEADER + "01");
    assertThat(TraceContext.parse(later + ".what-comes")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        HEADER,
        HEADER + "1",
        HEADER + "0g",
        HEADER + "0A",
        HEADER + "01-more",
        "ff-" + TRACE + "-" + SPAN + "-01",
        "00_" + TRACE + "-" + SPAN + "-01",
        "00-" + TRACE + "_" + SPAN + "-01",
        "00-" + TRACE + "-" + SPAN + "_01",
        "00-00000000000000000000000000000000-" + SPAN + "-01",
        "00-" + TRACE + "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01"
      })
  void malformedHeaderCountsAsNone(String header) {
    assertThat(TraceContext.parse(header)).isNull();
  }

  @Test
  void missingHeaderIsNone() {
    assertThat(TraceContext.parse(null)).isNull();
  }
}
