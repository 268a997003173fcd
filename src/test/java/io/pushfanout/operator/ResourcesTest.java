package io.pushfanout.operator;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.checkpoint.Checkpoint;
import io.pushfanout.checkpoint.Checkpointed;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.operator.policy.AllowLists;
import io.pushfanout.operator.policy.Ceilings;
import io.pushfanout.operator.policy.Ceilings.OverCeilingException;
import io.pushfanout.operator.policy.TenantPolicy;
import io.pushfanout.operator.policy.TenantPolicy.NotAllowedException;
import io.pushfanout.operator.resource.DiscoverySpec;
import io.pushfanout.operator.resource.EtcdSpec;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutStatus;
import io.pushfanout.tools.LoggedLines;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ResourcesTest {
  @RegisterExtension private final LoggedLines lines = new LoggedLines(Resources.class);

  private final List<List<FanoutSpec>> handedOver = new ArrayList<>();
  private long nanos;
  private final Resources resources = resources(TenantPolicy.EVERYTHING, List.of());

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
    TrackedResource known = resources.all().getFirst();
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

  @Test
  void resourcesOfANamespaceThatCannotBeListedStay() {
    replace(Observed.resource(1, 5));
    resources.replace(new ResourceList(List.of(), Set.of(Observed.CHAT.namespace()))).join();

    assertThat(handedOver).hasSize(1);
    assertThat(resources.all()).hasSize(1);
    assertThat(resources.versions(Set.of(Observed.CHAT.namespace()))).isEmpty();
  }

  @Test
  void savedResourcesAreServedUntilTheApiServerAnswersAndNeverAfter() {
    Checkpointed<List<FanoutSpec>> checkpoint = checkpoint(List.of(savedSpec(5)));
    Resources starting = resources(TenantPolicy.EVERYTHING, checkpoint);

    serveSaved(starting);
    serveSaved(starting);
    assertThat(handedOver).containsExactly(List.of(savedSpec(5)));
    assertThat(checkpoint.live()).as("nobody has confirmed it").isEmpty();

    starting.replace(new ResourceList(List.of(Observed.resource(2, 6)), Set.of())).join();
    assertThat(handedOver.getLast().getFirst().settings().workers()).isEqualTo(6);
    assertThat(checkpoint.live().map(Checkpoint::value)).contains(handedOver.getLast());
    serveSaved(starting);
    assertThat(handedOver).hasSize(2);
    assertThat(lines.all())
        .containsExactly(
            "WARN the API server has not answered: serving the resources saved as of"
                + " 1970-01-01T00:00:00Z (1): connection refused",
            "INFO the API server answers: its resources take the place of the saved ones");
  }

  @Test
  void savedResourcesThatAreTrueStillAreConfirmedAndThoseThatAreGoneGo() {
    Resources starting = startingWith(savedSpec(5));
    serveSaved(starting);
    starting.replace(new ResourceList(List.of(), Set.of())).join();

    assertThat(handedOver.getLast()).isEmpty();
  }

  @Test
  void savedResourcesOfANamespaceThatCannotBeListedStay() {
    Set<String> unknown = Set.of(Observed.CHAT.namespace());
    Resources serving = startingWith(savedSpec(5));
    serveSaved(serving);
    serving.replace(new ResourceList(List.of(), unknown)).join();
    serving.replace(new ResourceList(List.of(), unknown)).join();
    assertThat(handedOver.getLast()).containsExactly(savedSpec(5));

    serving.replace(new ResourceList(List.of(), Set.of())).join();
    assertThat(handedOver.getLast()).isEmpty();
  }

  @Test
  void savedResourcesOfAForbiddenNamespaceAreServedAndSavedAgain() {
    Set<String> unknown = Set.of(Observed.CHAT.namespace());
    Checkpointed<List<FanoutSpec>> checkpoint = checkpoint(List.of(savedSpec(5)));
    resources(TenantPolicy.EVERYTHING, checkpoint)
        .replace(new ResourceList(List.of(), unknown))
        .join();

    assertThat(handedOver).containsExactly(List.of(savedSpec(5)));
    assertThat(checkpoint.live().map(Checkpoint::value)).contains(List.of(savedSpec(5)));
  }

  @Test
  void aBadEditMadeMeanwhileLeavesTheSavedSpecOfThatVeryResourceInForce() {
    startingWith(savedSpec(5))
        .replace(new ResourceList(List.of(Observed.resource(2, 0)), Set.of()))
        .join();
    assertThat(handedOver.getLast()).containsExactly(savedSpec(5));

    PushFanout another = Observed.resource(1, 0);
    another.getMetadata().setCreationTimestamp("2026-11-22T10:00:01Z");
    startingWith(savedSpec(5)).replace(new ResourceList(List.of(another), Set.of())).join();
    assertThat(handedOver.getLast()).isEmpty();
  }

  @Test
  void savedResourcesAreServedOnlyWhereTheyAreAllowed() {
    Resources bounded = resources(allowing(List.of(), List.of("-")), List.of(savedSpec(5)));
    serveSaved(bounded);
    assertThat(handedOver).containsExactly(List.of());

    bounded.replace(new ResourceList(List.of(Observed.resource(2, 0)), Set.of())).join();
    assertThat(handedOver.getLast()).isEmpty();
  }

  private static TenantPolicy allowing(List<String> statics, List<String> services) {
    return new TenantPolicy(AllowLists.parse(statics, services, List.of()), Ceilings.NONE);
  }

  private Resources startingWith(FanoutSpec saved) {
    return resources(TenantPolicy.EVERYTHING, List.of(saved));
  }

  private Resources resources(TenantPolicy policy, List<FanoutSpec> saved) {
    return resources(policy, checkpoint(saved));
  }

  private Checkpointed<List<FanoutSpec>> checkpoint(List<FanoutSpec> saved) {
    return new Checkpointed<>(
        new Checkpoint<>(Instant.EPOCH, saved), () -> nanos, InstantSource.system());
  }

  /** Lets the time pass in which the API server should have answered. */
  private void serveSaved(Resources starting) {
    var _ = starting.fallBack(false, "connection refused");
    nanos += Duration.ofSeconds(2).toNanos();
    var _ = starting.fallBack(false, "connection refused");
  }

  private Resources resources(TenantPolicy policy, Checkpointed<List<FanoutSpec>> checkpoint) {
    return new Resources(
        policy,
        checkpoint,
        specs -> {
          handedOver.add(specs);
          return CompletableFuture.completedFuture(null);
        });
  }

  private static FanoutSpec savedSpec(int workers) {
    return SpecMapping.read(Observed.resource(1, workers));
  }

  @Test
  void aResourceThatIsNotAllowedRunsNothingAndAnEditToSuchLeavesTheLastGoodOne() {
    Resources bounded = resources(allowing(List.of("-"), List.of("prod=chat")), List.of());
    bounded.replace(new ResourceList(List.of(Observed.resource(1, 5)), Set.of())).join();
    assertThat(handedOver).containsExactly(List.of());

    PushFanout allowed = claiming(2, "chat");
    bounded.replace(new ResourceList(List.of(allowed), Set.of())).join();
    bounded.replace(new ResourceList(List.of(claiming(3, "games")), Set.of())).join();

    assertThat(handedOver).hasSize(2);
    assertThat(handedOver.getLast().getFirst().generation()).isEqualTo(2);
    assertThat(bounded.all().getFirst().refusal()).isInstanceOf(NotAllowedException.class);
  }

  private static PushFanout claiming(long generation, String service) {
    PushFanout resource = Observed.resource(generation, 5);
    resource.setSpec(
        SomeSpec.discovery(new DiscoverySpec(new EtcdSpec(service, null, null), null, null, null)));
    return resource;
  }

  @Test
  void aSpecAboveACeilingLeavesTheLastGoodOneInForceAndNoneAtTheStart() {
    Resources bounded = resources(ceilings("workers=5"), List.of(savedSpec(6)));
    serveSaved(bounded);
    replace(bounded, Observed.resource(1, 6));
    assertThat(handedOver).containsOnly(List.of());

    replace(bounded, Observed.resource(2, 5));
    replace(bounded, Observed.resource(3, 6));

    TrackedResource known = bounded.all().getFirst();
    assertThat(handedOver.getLast()).containsExactly(requireNonNull(known.spec()));
    assertThat(known.spec().generation()).isEqualTo(2);
    assertThat(known.refusal()).isInstanceOf(OverCeilingException.class);
  }

  @Test
  void theOldestResourcesKeepTheirPlaceAndTheNextHasOneWhenOneOfThemIsGone() {
    Resources bounded = resources(ceilings("resources=2"), List.of());
    PushFanout a = made("a", 30);
    PushFanout b = made("b", 20);
    PushFanout c = made("c", 20);
    PushFanout d = made("d", 10);
    replace(bounded, a, b, c, d);
    assertThat(inForce()).containsExactly("b", "d");
    assertThat(refused(bounded)).containsExactly("a", "c");

    replace(bounded, a, b, c);
    assertThat(inForce()).containsExactly("b", "c");
    assertThat(refused(bounded)).containsExactly("a");

    replace(bounded, a, b, c, made("e", 15));
    assertThat(inForce()).as("one that had a place and is younger").containsExactly("b", "e");

    replace(bounded, a);
    assertThat(inForce()).containsExactly("a");
    assertThat(refused(bounded)).isEmpty();
  }

  @Test
  void savedResourcesCountForTheCeilingToo() {
    Resources bounded =
        resources(
            ceilings("resources=1"),
            List.of(SpecMapping.read(made("a", 30)), SpecMapping.read(made("b", 20))));
    serveSaved(bounded);

    assertThat(inForce()).containsExactly("b");
  }

  @Test
  void aRefusalIsLoggedOnceForEachEditThoughOtherResourcesComeAndGo() {
    Resources bounded = resources(ceilings("resources=1"), List.of());
    PushFanout old = made("old", 1);
    PushFanout young = made("young", 3);
    replace(bounded, old, young);
    replace(bounded, old, young, made("younger", 4));
    replace(bounded, old, young);
    PushFanout edited = made("young", 3);
    edited.getMetadata().setGeneration(2L);
    replace(bounded, old, edited);

    assertThat(lines.all())
        .extracting(line -> line.replaceAll(" is not taken: .*", ""))
        .containsExactly(
            "WARN PushFanout prod/young",
            "WARN PushFanout prod/younger",
            "WARN PushFanout prod/young");
  }

  /** An older or later definition may permit the name. */
  @Test
  void aResourceThatNoFanoutCanBeNamedLikeIsNamedOnceAndCostsNoOther() {
    PushFanout odd = made("a".repeat(64), 1);
    PushFanout good = made("good", 2);
    replace(resources, odd, good);
    replace(resources, odd, good);

    assertThat(inForce()).containsExactly("good");
    assertThat(lines.all())
        .singleElement()
        .asString()
        .startsWith(
            "WARN PushFanout prod/%s is not taken: metadata.name: ".formatted("a".repeat(64)));
    // A rejected resource counts as seen: otherwise the watch would restart without end.
    assertThat(new ResourceList(List.of(odd, good), Set.of()).versions())
        .isEqualTo(resources.versions(Set.of()));
  }

  private static TenantPolicy ceilings(String... ceilings) {
    return new TenantPolicy(AllowLists.EVERYTHING, Ceilings.parse(List.of(ceilings)));
  }

  private static PushFanout made(String name, int second) {
    PushFanout resource = Observed.resource(1, 5);
    resource.getMetadata().setName(name);
    resource.getMetadata().setUid("uid-" + name);
    resource.getMetadata().setCreationTimestamp("2026-11-22T10:00:%02dZ".formatted(second));
    return resource;
  }

  private List<String> inForce() {
    return handedOver.getLast().stream().map(spec -> spec.name().name()).toList();
  }

  private static List<String> refused(Resources resources) {
    return resources.all().stream()
        .filter(known -> known.refusal() instanceof OverCeilingException)
        .map(known -> known.name().name())
        .toList();
  }

  private static void replace(Resources resources, PushFanout... all) {
    resources.replace(new ResourceList(List.of(all), Set.of())).join();
  }

  @Test
  void aResourceThatIsBeingDeletedIsGoneDespiteItsFinalizers() {
    replace(Observed.resource(1, 5));
    PushFanout held = Observed.resource(1, 5);
    held.getMetadata().setDeletionTimestamp("2026-11-22T10:00:00Z");
    held.getMetadata().setFinalizers(List.of("example.com/held"));
    replace(held);

    assertThat(handedOver.getLast()).isEmpty();
  }

  @Test
  void aNameThatNoCallerCanUseIsLeftOutAndTheOthersAreTaken() {
    PushFanout nameless = Observed.resource(1, 5);
    nameless.getMetadata().setName("x".repeat(64));
    replace(nameless, Observed.resource(1, 6));

    assertThat(handedOver.getLast()).hasSize(1);
  }

  private void replace(PushFanout... all) {
    resources.replace(new ResourceList(List.of(all), Set.of())).join();
  }
}
