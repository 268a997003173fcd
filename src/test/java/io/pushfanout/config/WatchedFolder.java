package io.pushfanout.config;

import io.pushfanout.model.FanoutSpec;
import io.pushfanout.reload.FilePoller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A folder of files, a source that watches the folder, and a clock that only moves by polls. */
final class WatchedFolder {
  private final Path folder;
  private final ConfigSource source;
  private final List<ConfigState> handedOver = new ArrayList<>();
  private final List<CompletableFuture<Void>> applied = new ArrayList<>();
  private boolean applies = true;

  /** Watches the folder itself. */
  WatchedFolder(Path folder) {
    this(folder, folder);
  }

  WatchedFolder(Path folder, Path watched) {
    this.folder = folder;
    source = new ConfigSource(watched, this::take);
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

  /**
   * Returns one future for each later hand-over, by its number from 0; a test completes the future
   * when the state is in force.
   */
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

  /** Polls every 250 ms until this time has passed. */
  void pass(Duration time) {
    for (int polls = FilePoller.polls(time); polls > 0; polls--) {
      source.poll();
    }
  }

  /** Polls twice: the first poll detects a change, and the second loads the file. */
  void settle() {
    step();
    step();
  }

  void step() {
    source.poll();
  }

  /** Overwrites a file in place. */
  Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  /** Renames a new file over the old one, as most editors do. */
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

  /** Returns the fanouts in force, each as {@code name:workers}. */
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
