package io.pushfanout.config;

import io.pushfanout.model.FanoutSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Files, a source that watches them, and a clock that only moves by looks at them. */
final class WatchedFolder {
  private static final Duration STEP = Duration.ofMillis(250);

  private final Path folder;
  private final ConfigSource source;
  private final List<ConfigState> handedOver = new ArrayList<>();
  private final List<CompletableFuture<Void>> applied = new ArrayList<>();
  private boolean applies = true;
  private long now = 1_000_000;
  private long modified;

  /** Watches the folder itself. */
  WatchedFolder(Path folder) {
    this(folder, folder);
  }

  WatchedFolder(Path folder, Path watched) {
    this.folder = folder;
    source = new ConfigSource(watched, this::take, () -> now);
  }

  private CompletableFuture<Void> take(ConfigState state) {
    handedOver.add(state);
    CompletableFuture<Void> inForce = new CompletableFuture<>();
    applied.add(inForce);
    if (applies) {
      inForce.complete(null);
    }
    return inForce;
  }

  /** From now on what is handed over is in force when a test says so, by its number from 0. */
  List<CompletableFuture<Void>> applyLater() {
    applies = false;
    return applied;
  }

  ConfigSource source() {
    return source;
  }

  void load() throws ConfigException {
    source.load();
  }

  /** Looks, until so much time has passed. */
  void pass(Duration time) {
    for (long end = now + time.toNanos(); now < end; ) {
      now += STEP.toNanos();
      source.look();
    }
  }

  /** One look after a change sees it, one more takes it. */
  void settle() {
    pass(STEP.multipliedBy(2));
  }

  void step() {
    pass(STEP);
  }

  /** Writes over what is there. */
  Path write(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    // The real clock's ticks are longer than a step of a test.
    Files.setLastModifiedTime(file, FileTime.fromMillis(++modified));
    return file;
  }

  /** As most editors do: the new file is renamed to the old one's place. */
  void replace(String name, String text) throws IOException {
    Path draft = write(".draft", text);
    Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  void delete(String name) throws IOException {
    Files.delete(folder.resolve(name));
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  ConfigState state() {
    return source.state();
  }

  List<ConfigState> handedOver() {
    return handedOver;
  }

  /** What is in force, each as {@code name:workers}. */
  List<String> inForce() {
    return state().specs().stream()
        .map(spec -> spec.name().name() + ":" + spec.settings().workers())
        .toList();
  }

  FanoutSpec spec(String name) {
    return state().specs().stream()
        .filter(spec -> spec.name().name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
