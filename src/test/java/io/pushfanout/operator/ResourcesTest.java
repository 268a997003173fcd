package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.FanoutSpec;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ResourcesTest {
  private final List<List<FanoutSpec>> handedOver = new ArrayList<>();
  private final Resources resources =
      new Resources(
          specs -> {
            handedOver.add(specs);
            return CompletableFuture.completedFuture(null);
          });

  @Test
  void noResourcesAtAllAreHandedOverOnce() {
    replace();
    replace();

    assertThat(handedOver).containsExactly(List.of());
  }

  @Test
  void aChangeOfTheStatusAloneIsNoNews() {
    replace(Observed.resource(1, 5));
    PushFanout reported = Observed.resource(1, 5);
    reported.setStatus(PushFanoutStatus.ofSummary(1, List.of(), 3, 3, 0));
    replace(reported);

    assertThat(handedOver).hasSize(1);
    assertThat(resources.all().getFirst().resource().getStatus().nodes()).isEqualTo(3);
  }

  @Test
  void anEditIsHandedOver() {
    replace(Observed.resource(1, 5));
    replace(Observed.resource(2, 6));

    assertThat(handedOver.getLast().getFirst().settings().workers()).isEqualTo(6);
    assertThat(handedOver.getLast().getFirst().generation()).isEqualTo(2);
  }

  @Test
  void anEditThatIsRefusedLeavesTheLastGoodOneInForce() {
    replace(Observed.resource(1, 5));
    replace(Observed.resource(2, 0));

    assertThat(handedOver).hasSize(1);
    KnownResource known = resources.all().getFirst();
    assertThat(known.refusal()).hasMessageStartingWith("workers: ");
    assertThat(known.spec()).isEqualTo(handedOver.getFirst().getFirst());
  }

  @Test
  void anotherResourceOfTheSameNameInheritsNothing() {
    replace(Observed.resource(1, 5));
    PushFanout another = Observed.resource(1, 0);
    another.getMetadata().setUid("uid-2");
    replace(another);

    assertThat(handedOver.getLast()).isEmpty();
  }

  @Test
  void aResourceThatIsGoneTakesItsFanoutWithIt() {
    replace(Observed.resource(1, 5));
    replace();

    assertThat(handedOver.getLast()).isEmpty();
  }

  private void replace(PushFanout... all) {
    resources.replace(Stream.of(all)).join();
  }
}
