package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.options.UsageException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetFlagsTest {
  @Test
  void nothingSetLeavesTheDefaults() {
    assertThat(SetFlags.of(List.of()).settings()).isEqualTo(FanoutSettings.DEFAULT);
  }

  @Test
  void theLaterOfTwoForOneFieldHolds() {
    assertThat(SetFlags.of(List.of("workers=2", "workers=3")).settings().workers()).isEqualTo(3);
  }

  @Test
  void fieldsThatAreHeldToEachOtherMayComeInAnyOrder() {
    FanoutSettings settings =
        SetFlags.of(List.of("retry.initialBackoff=6s", "retry.maxBackoff=7s")).settings();

    assertThat(settings.retry().initialBackoff()).isEqualTo(Duration.ofSeconds(6));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          workers=0    | workers=0 | workers: must be from 1 to 1024, is 0
          workers=many | workers=many | workers: must be a whole number, is "many"
          queueBytes=1 | queueBytes=1 | queueBytes: must be from 1Ki to 16Gi, is 1
          workers      | workers | must be FIELD=VALUE, such as workers=50
          =1           | =1 | must be FIELD=VALUE, such as workers=50
          discovery.static.nodes=x | discovery.static.nodes=x | discovery.static.nodes: is not settable here, use --node
          overrides=x  | overrides=x | overrides: a list is not settable here
          discovery.dns.port=many | discovery.dns.port=many | discovery.dns.port: must be a whole number, is "many"
          discovery.dns.name=a    | discovery.dns.name=a | discovery.dns: must have port with name, and only with name
          discovery.dns.refresh=1ms | discovery.dns.refresh=1ms | discovery.dns: must have exactly one of name and srv
          discovery.endpointSlices.port=50052 | discovery.endpointSlices.port=50052 | discovery.endpointSlices: needs serviceName
          discovery.etcd.removalGracePeriod=1 | discovery.etcd.removalGracePeriod=1 | discovery.etcd.removalGracePeriod: must be a duration such as 500ms, 5s or 1m30s
          """)
  void aRefusalNamesTheAssignmentAndTheField(String assignment, String given, String problem) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(
            () -> {
              SetFlags flags = SetFlags.of(List.of("queueSize=5", assignment));
              flags.settings();
              flags.discovery();
            })
        .satisfies(
            e -> {
              assertThat(e.flag()).isEqualTo("--set");
              assertThat(e.given()).isEqualTo(given);
              assertThat(e.problem()).isEqualTo(problem);
            });
  }

  @Test
  void discoveryIsOfOneKind() {
    assertThat(
            SetFlags.of(List.of("discovery.dns.name=a.example", "discovery.dns.port=5"))
                .discovery())
        .isEqualTo(
            new Discovery.Dns(
                "a.example",
                5,
                null,
                Discovery.Dns.DEFAULT_REFRESH,
                Discovery.Watched.DEFAULT_GRACE));
    assertThat(SetFlags.of(List.of("discovery.endpointSlices.serviceName=chat")).discovery())
        .isEqualTo(
            new Discovery.EndpointSlices(
                "default", "chat", "grpc", Discovery.Watched.DEFAULT_GRACE));
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(
            () ->
                SetFlags.of(List.of("discovery.etcd.serviceName=a", "discovery.dns.srv=b"))
                    .discovery())
        .satisfies(e -> assertThat(e.problem()).startsWith("discovery: must have exactly one of"));
  }

  @Test
  void theErrorOfAnUnknownFieldNamesTheKnownFields() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> SetFlags.of(List.of("wrokers=1")).settings())
        .satisfies(
            e ->
                assertThat(e.problem())
                    .startsWith("wrokers: no such field; there are workers, queueSize,"));
  }
}
