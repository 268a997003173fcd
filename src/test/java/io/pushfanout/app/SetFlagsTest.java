package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pushfanout.model.FanoutSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetFlagsTest {
  @Test
  void nothingSetLeavesTheDefaults() {
    assertThat(SetFlags.apply(List.of())).isEqualTo(FanoutSettings.DEFAULT);
  }

  @Test
  void theLaterOfTwoForOneFieldHolds() {
    assertThat(SetFlags.apply(List.of("workers=2", "workers=3")).workers()).isEqualTo(3);
  }

  @Test
  void fieldsThatAreHeldToEachOtherMayComeInAnyOrder() {
    FanoutSettings settings =
        SetFlags.apply(List.of("retry.initialBackoff=6s", "retry.maxBackoff=7s"));

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
          discovery.etcd.serviceName=x | discovery.etcd.serviceName=x | discovery.etcd.serviceName: is not settable here, use --node
          overrides=x  | overrides=x | overrides: a list is not settable here
          retry.initialBackoff=6s | retry.initialBackoff=6s | retry.maxBackoff: must be at least retry.initialBackoff (6s), is 5s
          """)
  void aRefusalNamesTheAssignmentAndTheField(String assignment, String given, String problem) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> SetFlags.apply(List.of("queueSize=5", assignment)))
        .satisfies(
            e -> {
              assertThat(e.flag()).isEqualTo("--set");
              assertThat(e.given()).isEqualTo(given);
              assertThat(e.problem()).isEqualTo(problem);
            });
  }

  @Test
  void anUnknownFieldIsToldWhichOnesThereAre() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> SetFlags.apply(List.of("wrokers=1")))
        .satisfies(
            e ->
                assertThat(e.problem())
                    .startsWith("wrokers: no such field; there are workers, queueSize,"));
  }
}
