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

/** Files, and a source that polls them when a test lets time pass. */
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

  /** Polls as often as the source does in this time. */
  void pass(Duration time) {
    for (int polls = FilePoller.polls(time); polls > 0; polls--) {
      source.poll();
    }
  }

  /** The first poll after a change finds it, the second applies it. */
  void settle() {
    step();
    step();
  }

  void step() {
    source.poll();
  }

  /** Writes over what is there. */
  Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
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
