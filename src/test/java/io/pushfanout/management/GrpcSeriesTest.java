package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.StatusCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrpcSeriesTest {
  private static final String METHOD =
      "grpc_method=\"Broadcast\",grpc_service=\"protocol.PushServer\"";

  @Test
  void callsHaveTheNamesThatDashboardsLookFor() throws Exception {
    MethodCalls calls =
        new MethodCalls(
            "protocol.PushServer",
            "Broadcast",
            7,
            Map.of(StatusCode.OK, 3L, StatusCode.UNAVAILABLE, 2L));

    Scrape scrape = scrape(calls);

    assertThat(scrape.text())
        .contains(
            "# TYPE grpc_server_started_total counter\n",
            "# TYPE grpc_server_handled_total counter\n",
            "# TYPE grpc_server_in_flight gauge\n");
    assertThat(scrape.value("grpc_server_started_total{" + METHOD + "}")).isEqualTo(7);
    assertThat(scrape.value("grpc_server_in_flight{" + METHOD + "}")).isEqualTo(2);
    assertThat(scrape.value(handled("OK"))).isEqualTo(3);
    assertThat(scrape.value(handled("UNAVAILABLE"))).isEqualTo(2);
  }

  @Test
  void methodThatWasNotCalledYetShowsEveryCodeAtZero() throws Exception {
    Scrape scrape = scrape(new MethodCalls("protocol.PushServer", "Broadcast", 0, Map.of()));

    assertThat(scrape.value("grpc_server_started_total{" + METHOD + "}")).isZero();
    for (StatusCode code : StatusCode.values()) {
      assertThat(scrape.value(handled(code.name()))).as(code.name()).isZero();
    }
  }

  private static Scrape scrape(MethodCalls calls) throws Exception {
    try (Metrics metrics = new Metrics("1.2.3")) {
      metrics.register(new GrpcSeries(() -> List.of(calls)));
      return Scrape.of(metrics);
    }
  }

  private static String handled(String code) {
    return "grpc_server_handled_total{grpc_code=\"" + code + "\"," + METHOD + "}";
  }
}
