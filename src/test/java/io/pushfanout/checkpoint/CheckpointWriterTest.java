package io.pushfanout.checkpoint;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pushfanout.config.ResourceText;
import io.pushfanout.model.NodeAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointWriterTest {
  private static final Set<NodeAddress> NODES = Set.of(NodeAddress.parse("a:1"));
  private static final Set<NodeAddress> OTHERS = Set.of(NodeAddress.parse("b:1"));

  @TempDir private Path dir;
  private CheckpointFiles files;
  private CheckpointWriter saver;
  private long nanos;
  private Instant asOf = Instant.parse("2026-11-22T10:00:00Z");
  private SavedState state = SavedState.NOTHING;
  private @Nullable Set<String> wanted;
  private @Nullable Error cannot;

  @BeforeEach
  void open() throws IOException {
    files = new CheckpointFiles(StateDirectory.open(dir), SavedSpecs.SCOPE, ResourceText::read);
    saver = new CheckpointWriter(files, this::present, () -> nanos);
  }

  private CheckpointWriter.Present present() {
    if (cannot != null) {
      throw cannot;
    }
    return new CheckpointWriter.Present(state, wanted);
  }

  @AfterEach
  void close() {
    saver.close();
  }

  @Test
  void anUnansweredSourceLeavesItsFileAlone() throws IOException {
    files.saveResources(SavedSpecs.ALL);
    chat(NODES);
    saver.look(false);

    assertThat(files.load().resources()).isEqualTo(SavedSpecs.ALL);
    assertThat(files.load().services()).containsOnlyKeys("chat");
  }

  @Test
  void aChangeIsSavedAtTheNextCheckAndTheTimeOfUnchangedStateOnceAMinute() {
    chat(NODES);
    saver.look(false);
    Instant first = asOf;

    pass(Duration.ofSeconds(30));
    chat(NODES);
    saver.look(false);
    assertThat(saved().asOf()).isEqualTo(first);

    chat(OTHERS);
    saver.look(false);
    assertThat(saved()).isEqualTo(new Checkpoint<>(asOf, OTHERS));

    pass(Duration.ofSeconds(60));
    chat(OTHERS);
    saver.look(false);
    assertThat(saved().asOf()).isEqualTo(asOf);
  }

  @Test
  void unconfirmedStateIsNotWrittenAgain() throws IOException {
    chat(NODES);
    saver.look(false);
    Files.delete(dir.resolve("service-chat.json"));
    pass(CheckpointWriter.REFRESH.multipliedBy(2));
    saver.look(true);

    assertThat(files.load()).isEqualTo(SavedState.NOTHING);
  }

  @Test
  void theLastCheckSavesTheTimeToo() {
    chat(NODES);
    saver.look(false);
    asOf = asOf.plusSeconds(1);
    chat(NODES);
    saver.close();

    assertThat(saved().asOf()).isEqualTo(asOf);
  }

  @Test
  void resourcesAreSavedLikewise() {
    state = new SavedState(SavedSpecs.ALL, Map.of());
    saver.look(false);
    assertThat(files.load()).isEqualTo(state);

    state = new SavedState(new Checkpoint<>(asOf, List.of(SavedSpecs.PLAIN)), Map.of());
    saver.look(false);
    assertThat(files.load()).isEqualTo(state);
  }

  @Test
  void anUnwantedServiceIsForgottenOnceTheWantedOnesAreKnown() throws IOException {
    files.saveNodes("gone", new Checkpoint<>(asOf, NODES));
    chat(NODES);
    saver.look(false);
    assertThat(files.load().services()).containsOnlyKeys("chat", "gone");

    wanted = Set.of("chat", "not-answered-yet");
    saver.look(false);
    assertThat(files.load().services()).containsOnlyKeys("chat");
  }

  @Test
  void aWriteThatFailsIsAProblemUntilOneWorksAndIsTriedAgainAfterAWhile() throws IOException {
    Files.createDirectories(dir.resolve("service-chat.json/in-the-way"));
    chat(NODES);
    saver.look(false);
    assertThat(saver.problem()).isPresent();

    Files.delete(dir.resolve("service-chat.json/in-the-way"));
    Files.delete(dir.resolve("service-chat.json"));
    saver.look(false);
    assertThat(saver.problem()).as("not tried again yet").isPresent();

    pass(CheckpointWriter.AFTER_FAILURE);
    saver.look(false);
    assertThat(saver.problem()).isEmpty();
    assertThat(saved().value()).isEqualTo(NODES);
  }

  @Test
  void anErrorIsAProblemUntilACheckWorks() {
    chat(NODES);
    cannot = new NoClassDefFoundError("gone");
    saver.look(false);
    assertThat(saver.problem()).contains("java.lang.NoClassDefFoundError: gone");

    cannot = null;
    pass(CheckpointWriter.AFTER_FAILURE);
    saver.look(false);
    assertThat(saver.problem()).isEmpty();
    assertThat(saved().value()).isEqualTo(NODES);
  }

  @Test
  void itChecksByItself() {
    chat(NODES);
    saver.start();

    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> Files.exists(dir.resolve("service-chat.json")));
  }

  private void chat(Set<NodeAddress> nodes) {
    state = new SavedState(null, Map.of("chat", new Checkpoint<>(asOf, nodes)));
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
    asOf = asOf.plus(time);
  }

  private Checkpoint<Set<NodeAddress>> saved() {
    return requireNonNull(files.load().services().get("chat"));
  }
}
