package io.pushfanout.checkpoint;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.config.ResourceText;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointFilesTest {
  private static final Instant AS_OF = Instant.parse("2026-11-22T10:00:00.123Z");
  private static final Checkpoint<Set<NodeAddress>> CHAT =
      new Checkpoint<>(
          AS_OF, Set.of(NodeAddress.parse("10.0.0.1:1"), NodeAddress.parse("[::1]:50052")));

  /** SHA-256 of the prefix /kv/chat/. */
  private static final String PREFIX_HASH =
      "7384f576d1005f5cf41bd94b5fd6ee007ee526d76b175fbdefc5341adc0bc4be";

  @TempDir private Path dir;
  private CheckpointFiles files;

  @BeforeEach
  void open() throws IOException {
    files = new CheckpointFiles(StateDirectory.open(dir), SavedSpecs.SCOPE, ResourceText::read);
  }

  @Test
  void anEmptyDirectoryHoldsNothing() {
    assertThat(files.load()).isEqualTo(SavedState.NOTHING);
  }

  @Test
  void savedStateIsLoadedAsItWas() throws IOException {
    files.saveResources(SavedSpecs.ALL);
    files.saveNodes("chat", CHAT);
    files.saveNodes("game-1", new Checkpoint<>(AS_OF, Set.of()));

    assertThat(files.load())
        .isEqualTo(
            new SavedState(
                SavedSpecs.ALL, Map.of("chat", CHAT, "game-1", new Checkpoint<>(AS_OF, Set.of()))));
  }

  @Test
  void eachDiscoveryIsReadAsItWasSaved() throws IOException {
    files.saveResources(SavedSpecs.LATER);
    files.saveNodes("dns:nodes.example.:50052", CHAT);

    assertThat(files.load())
        .isEqualTo(new SavedState(SavedSpecs.LATER, Map.of("dns:nodes.example.:50052", CHAT)));
  }

  /** The files are of the first version with this format. */
  @Test
  void filesOfAnEarlierVersionAreReadAndWrittenAgainAlike() throws IOException {
    Path earlier = Path.of("src/test/resources/checkpoint");
    List<String> names =
        List.of("resources.json", "service-chat.json", "prefix-" + PREFIX_HASH + ".json");
    for (String name : names) {
      Files.copy(earlier.resolve(name), dir.resolve(name));
    }
    SavedState read = files.load();
    assertThat(read)
        .isEqualTo(new SavedState(SavedSpecs.ALL, Map.of("chat", CHAT, "/kv/chat/", CHAT)));

    for (String name : names) {
      Files.delete(dir.resolve(name));
    }
    files.saveResources(SavedSpecs.ALL);
    files.saveNodes("chat", CHAT);
    files.saveNodes("/kv/chat/", CHAT);
    for (String name : names) {
      assertThat(dir.resolve(name)).hasSameBinaryContentAs(earlier.resolve(name));
    }
  }

  @Test
  void aSettingThatAnEarlierVersionDidNotSaveHasItsDefault() throws IOException {
    files.saveResources(new Checkpoint<>(AS_OF, List.of(SavedSpecs.FULL)));
    Path file = dir.resolve("resources.json");
    String saved = Files.readString(file);
    String earlier = saved.replaceFirst(",\\s*\"linger\" : \"50ms\"", "");
    assertThat(earlier).isNotEqualTo(saved);
    Files.writeString(file, earlier);

    FanoutSettings loaded = requireNonNull(files.load().resources()).value().getFirst().settings();

    assertThat(loaded)
        .isEqualTo(
            SavedSpecs.FULL.settings().toBuilder()
                .deliveryLinger(FanoutSettings.DEFAULT.deliveryLinger())
                .build());
  }

  @Test
  void savedResourcesOfOtherNamespacesOrLabelsAreIgnored() throws IOException {
    files.saveResources(SavedSpecs.ALL);
    files.saveNodes("chat", CHAT);

    for (String other : List.of("namespaces=a", "namespaces=* selector=tier=gold", "")) {
      CheckpointFiles others =
          new CheckpointFiles(StateDirectory.open(dir), other, ResourceText::read);
      assertThat(others.load()).isEqualTo(new SavedState(null, Map.of("chat", CHAT)));
    }
  }

  @Test
  void thereIsNothingInASpecThatIsNotSaved() {
    assertThat(names(FanoutSpec.class))
        .as("SpecJson writes each of these, and SavedSpecs.FULL has one that is not the default")
        .containsExactly("name", "generation", "created", "settings", "overrides", "discovery");
    assertThat(names(NodeOverride.class))
        .containsExactly("name", "nodes", "workers", "queueSize", "queueBytes", "rpcTimeout");
    assertThat(names(Discovery.Etcd.class))
        .containsExactly("serviceName", "prefix", "removalGracePeriod");
    assertThat(names(Discovery.EndpointSlices.class))
        .as("the namespace is that of the resource")
        .containsExactly("namespace", "serviceName", "port", "removalGracePeriod");
    assertThat(names(Discovery.Dns.class))
        .containsExactly("name", "port", "srv", "refresh", "removalGracePeriod");
    assertThat(names(Discovery.Static.class)).containsExactly("nodes");
  }

  private static List<String> names(Class<?> type) {
    return Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
  }

  @Test
  void prefixesOfAnyLengthAndCaseHaveFilesOfTheirOwn() throws IOException {
    String longest = "/" + "a".repeat(255) + "/";
    files.saveNodes("/kv/chat/", CHAT);
    files.saveNodes("/KV/chat/", new Checkpoint<>(AS_OF, Set.of()));
    files.saveNodes(longest, CHAT);

    assertThat(files.load().services()).containsOnlyKeys("/kv/chat/", "/KV/chat/", longest);
    assertThat(files.load().services()).containsEntry("/kv/chat/", CHAT);

    files.retainServices(Set.of("/KV/chat/"));
    assertThat(files.load().services()).containsOnlyKeys("/KV/chat/");
  }

  @Test
  void aFileOfAnotherPrefixIsNotTaken() throws IOException {
    files.saveNodes("/kv/chat/", CHAT);
    try (var all = Files.list(dir)) {
      Path file = all.filter(f -> f.toString().contains("prefix-")).findFirst().orElseThrow();
      Files.writeString(file, Files.readString(file).replace("/kv/chat/", "/kv/game/"));
    }

    assertThat(files.load().services()).isEmpty();
  }

  @Test
  void peopleCanReadIt() throws IOException {
    files.saveNodes("chat", CHAT);

    assertThat(dir.resolve("service-chat.json"))
        .hasContent(
            """
            {
              "version" : 1,
              "asOf" : "2026-11-22T10:00:00.123Z",
              "service" : "chat",
              "nodes" : [ "10.0.0.1:1", "[::1]:50052" ]
            }
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "version" : 1                      | "version" : 2
          "version" : 1                      | "version" : "1"
          "version" : 1                      | "nothing" : 1
          "asOf" : "2026                     | "asOf" : "yesterday, 2026
          "namespaces=*"                     | []
          "generation" : 3                   | "generation" : 3e999999999
          "generation" : 3                   | "generation" : "3"
          "generation" : 3                   | "generation" : 99999999999999999999
          "created" : "2026                  | "created" : "x2026
          "name" : "chat.eu"                 | "name" : "fixed"
          "name" : "chat.eu"                 | "name" : "NOT A NAME"
          "kind" : "PushFanout"              | "kind" : "Pod"
          "workers" : 1024                   | "workers" : 1025
          "workers" : 1024                   | "workers" : "many"
          "overflowPolicy" : "Block"         | "overflowPolicy" : "Explode"
          "drainTimeout" : "1m1s1ms"         | "drainTimeout" : "61 s"
          "serviceName" : "chat"             | "serviceName" : "../chat"
          "10.0.0.1:1"                       | "10.0.0.1"
          "10.0.0.1:1"                       | null
          "maxAttempts" : 10                 | "maxAttempts" : 10, "unheardOf" : 1
          """)
  void resourcesThatBreakARuleAreNotTakenAtAll(String good, String bad) throws IOException {
    files.saveResources(SavedSpecs.ALL);
    Path file = dir.resolve("resources.json");
    String text = Files.readString(file);
    assertThat(text).contains(good);
    Files.writeString(file, text.replace(good, bad));

    assertThat(files.load()).isEqualTo(SavedState.NOTHING);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "version" : 1      | "version" : 0
          "service" : "chat" | "service" : "game"
          "10.0.0.1:1"       | "10.0.0.1:0"
          "10.0.0.1:1"       | "10.0.0.1:1, 10.0.0.2:1"
          "10.0.0.1:1"       | {}
          "nodes" : [        | "nodes" : "", "others" : [
          2026               | 12026
          """)
  void nodesThatBreakARuleAreNotTakenAndTheOthersAre(String good, String bad) throws IOException {
    files.saveNodes("chat", CHAT);
    files.saveNodes("game", CHAT);
    Path file = dir.resolve("service-chat.json");
    String text = Files.readString(file);
    assertThat(text).contains(good);
    Files.writeString(file, text.replace(good, bad));

    assertThat(files.load()).isEqualTo(new SavedState(null, Map.of("game", CHAT)));
  }

  @Test
  void aFileThatIsCutOffAnywhereIsNotTaken() throws IOException {
    files.saveResources(SavedSpecs.ALL);
    byte[] whole = Files.readAllBytes(dir.resolve("resources.json"));
    for (int length = 0; length < whole.length - 2; length += 37) {
      Files.write(dir.resolve("resources.json"), Arrays.copyOf(whole, length));
      assertThat(files.load()).as("%d of %d", length, whole.length).isEqualTo(SavedState.NOTHING);
    }
  }

  @Test
  void aFileWithChangedBytesIsCheckedByAllRulesOrRejected() throws IOException {
    files.saveResources(SavedSpecs.ALL);
    files.saveNodes("chat", CHAT);
    byte[] resources = Files.readAllBytes(dir.resolve("resources.json"));
    byte[] nodes = Files.readAllBytes(dir.resolve("service-chat.json"));
    Random random = new Random(7);
    int taken = 0;
    for (int round = 0; round < 100; round++) {
      Files.write(dir.resolve("resources.json"), mutated(resources, random));
      Files.write(dir.resolve("service-chat.json"), mutated(nodes, random));
      taken += files.load().services().size();
    }
    assertThat(taken).as("some mutations do no harm").isBetween(1, 99);
  }

  private static byte[] mutated(byte[] from, Random random) {
    byte[] bytes = from.clone();
    for (int change = random.nextInt(3); change >= 0; change--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(3)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = (byte) "{}[]\":,0".charAt(random.nextInt(8));
        default -> {
          int length = Math.min(random.nextInt(40), bytes.length - at);
          System.arraycopy(from, random.nextInt(from.length - length), bytes, at, length);
        }
      }
    }
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({"[", "{\"a\":", "\"", "9"})
  void deeplyNestedOrEndlessContentIsRejected(String piece) throws IOException {
    Files.writeString(dir.resolve("resources.json"), piece.repeat(100_000));

    assertThat(files.load()).isEqualTo(SavedState.NOTHING);
  }

  @Test
  void aHugeFileIsNotTaken() throws IOException {
    try (RandomAccessFile huge =
        new RandomAccessFile(dir.resolve("service-chat.json").toFile(), "rw")) {
      huge.setLength(100L << 30);
    }

    assertThat(files.load()).isEqualTo(SavedState.NOTHING);
  }

  @Test
  void filesOfOtherNamesAreLeftAlone() throws IOException {
    Files.write(dir.resolve("service-..json"), "{}".getBytes(StandardCharsets.UTF_8));
    Files.createDirectory(dir.resolve("lost+found"));
    files.saveNodes("chat", CHAT);
    files.saveNodes("game", CHAT);
    files.retainServices(Set.of("chat"));

    assertThat(files.load().services()).containsOnlyKeys("chat");
    assertThat(dir.resolve("service-..json")).exists();
  }
}
