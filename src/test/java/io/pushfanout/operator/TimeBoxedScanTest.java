package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.pushfanout.operator.resource.PushFanout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TimeBoxedScanTest {
  private static final List<TrackedResource> TEN =
      IntStream.range(0, 10).mapToObj(i -> named("r" + i)).toList();

  private final AtomicLong nanos = new AtomicLong();
  private final TimeBoxedScan scan = new TimeBoxedScan(nanos::get);
  private final List<String> done = new ArrayList<>();

  @Test
  void eachRoundGoesOverAll() {
    scan.go(TEN, this::work);
    scan.go(TEN, this::work);

    assertThat(done).hasSize(20);
    assertThat(done.subList(10, 20)).containsExactlyInAnyOrderElementsOf(done.subList(0, 10));
  }

  @Test
  void aRoundThatTakesLongStopsAndTheNextGoesOnFromThere() {
    for (int round = 0; round < 4; round++) {
      scan.go(
          TEN,
          resource -> {
            work(resource);
            nanos.addAndGet(Duration.ofMillis(900).toNanos());
          });
    }

    assertThat(done.subList(0, 10))
        .containsExactlyElementsOf(TEN.stream().map(r -> r.name().name()).toList());
    assertThat(done).as("three in a round").hasSize(12);
  }

  @Test
  void anErrorKeepsNoOtherWaitingEither() {
    assertThatThrownBy(
            () ->
                scan.go(
                    TEN,
                    resource -> {
                      work(resource);
                      if (resource.name().name().equals("r2")) {
                        throw new LinkageError("gone");
                      }
                    }))
        .isInstanceOf(LinkageError.class);

    assertThat(done).hasSize(10);
  }

  @Test
  void aFailedResourceDelaysNoOtherAndIsThrownAtTheEnd() {
    assertThatThrownBy(
            () ->
                scan.go(
                    TEN,
                    resource -> {
                      work(resource);
                      if (resource.name().name().equals("r2")) {
                        throw new KubernetesClientException("denied", 403, null);
                      }
                    }))
        .hasMessageContaining("denied");
    assertThat(done).hasSize(10);
  }

  @Test
  void aRoundEndsAtTheFirstRequestWithoutAnAnswer() {
    assertThatThrownBy(
            () ->
                scan.go(
                    TEN,
                    resource -> {
                      work(resource);
                      throw new KubernetesClientException("no answer");
                    }))
        .hasMessageContaining("no answer");
    assertThat(done).hasSize(1);
  }

  private void work(TrackedResource resource) {
    done.add(resource.name().name());
  }

  private static TrackedResource named(String name) {
    PushFanout resource = Observed.resource(1, 10);
    resource.getMetadata().setName(name);
    resource.getMetadata().setUid(name);
    return Observed.read(resource, null);
  }
}
