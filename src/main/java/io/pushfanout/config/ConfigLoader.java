package io.pushfanout.config;

import io.pushfanout.config.ConfigFile.Content;
import io.pushfanout.config.ConfigFile.Status;
import io.pushfanout.reload.EqualPolls;
import io.pushfanout.reload.FilePoller;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loader of all configuration files that keeps their specs in force and their problems.
 *
 * <p>Contents are parsed once they are stable, those of all files together: a part of a file could
 * be valid, and files that change together, such as those of a ConfigMap, are applied together.
 * Contents that never become stable are parsed once a second.
 *
 * <p>Large files come after the small ones that change with them, one per poll: parsing a large
 * file takes up to a second, and must not delay the edits of other files.
 *
 * <p>Not thread-safe: one thread polls.
 */
final class ConfigLoader {
  private static final Logger log = LoggerFactory.getLogger(ConfigLoader.class);
  private static final int MOST_UNSTABLE_POLLS = FilePoller.polls(Duration.ofSeconds(1));

  private final ConfigFiles paths;
  private final SortedMap<Path, ConfigFile> files = new TreeMap<>();
  private final ActiveSpecs active = new ActiveSpecs();
  private final EqualPolls<Map<Path, Content>> polls = new EqualPolls<>();
  private int unstablePolls;

  /** Changes since the last {@link #takeNews}, one line per file. */
  private List<String> news = new ArrayList<>();

  private Set<String> logged = Set.of();
  private ConfigState state = ConfigState.NONE;

  ConfigLoader(ConfigFiles paths) {
    this.paths = paths;
  }

  /** Polls the files; the first poll does not wait for stable contents. */
  ConfigState poll() {
    try {
      SortedMap<Path, Content> contents = new TreeMap<>();
      paths.list().forEach(path -> contents.put(path, Content.of(path)));
      if (polls.areStable(contents)
          || state.generation() == 0
          || unstablePolls == MOST_UNSTABLE_POLLS) {
        unstablePolls = 0;
        load(contents);
      } else {
        unstablePolls++;
      }
    } catch (IOException e) {
      // The directory cannot be listed; all specs stay in force.
      List<String> problems = List.of(FileProblem.of(e).in(paths.root().toString()));
      report(problems);
      state = new ConfigState(state.specs(), state.places(), state.generation(), false, problems);
    }
    return state;
  }

  /**
   * Returns and clears the changes since the last call, one line per file. The lines are for the
   * log once the specs are in force, which comes later.
   */
  List<String> takeNews() {
    List<String> taken = news;
    news = new ArrayList<>();
    return taken;
  }

  private void load(Map<Path, Content> contents) {
    boolean first = state.generation() == 0;
    boolean loaded = first;
    contents.keySet().forEach(path -> files.computeIfAbsent(path, ConfigFile::new));
    files.values().forEach(file -> file.found(contents.get(file.path())));
    Set<ConfigFile> later = first ? Set.of() : later();
    NameClaims names = new NameClaims();
    List<FoundFanout> found = new ArrayList<>();
    List<ConfigFile> missing = new ArrayList<>();
    for (ConfigFile file : List.copyOf(files.values())) {
      Status status = later.contains(file) ? Status.NOT_APPLIED : file.load();
      switch (status) {
        case VALID -> {
          loaded |= apply(file, names);
          found.addAll(names.claim(file.path(), file.good()));
        }
        case NOT_APPLIED -> found.addAll(names.claim(file.path(), file.good()));
        case PENDING_REMOVAL -> missing.add(file);
        case REMOVED -> loaded |= remove(file);
      }
    }
    // Missing files come last: a resource that moved to another file belongs to that file at once.
    missing.forEach(file -> found.addAll(names.claim(file.path(), file.good())));
    active.replace(found);
    List<String> problems =
        files.values().stream()
            .flatMap(file -> file.problems().stream().map(p -> p.in(file.path().toString())))
            .toList();
    report(problems);
    state =
        new ConfigState(
            active.specs(),
            names.places(),
            state.generation() + (loaded ? 1 : 0),
            problems.isEmpty(),
            problems);
  }

  /** Returns the large files that have changed but are left to a later poll. */
  private Set<ConfigFile> later() {
    List<ConfigFile> changed = files.values().stream().filter(ConfigFile::isNew).toList();
    List<ConfigFile> large =
        changed.stream()
            .filter(ConfigFile::isLarge)
            .sorted(Comparator.comparingInt(ConfigFile::parses))
            .toList();
    return Set.copyOf(large.size() < changed.size() ? large : large.stream().skip(1).toList());
  }

  /**
   * Applies the newest content of a file unless its names conflict; returns whether that was a
   * load.
   */
  private boolean apply(ConfigFile file, NameClaims names) {
    List<FileProblem> conflicts = names.conflicts(file.newest());
    if (!conflicts.isEmpty()) {
      file.reject(conflicts);
      return false;
    }
    boolean recovers = !file.problems().isEmpty();
    boolean loaded = file.apply();
    if (loaded || recovers) {
      news.add("%s: %s in force".formatted(file.path(), count(file)));
    }
    return loaded;
  }

  /** Drops a file; returns whether that retires any fanout. */
  private boolean remove(ConfigFile file) {
    files.remove(file.path());
    news.add("%s: gone, and %s with it".formatted(file.path(), count(file)));
    return !file.good().isEmpty();
  }

  private static String count(ConfigFile file) {
    int n = file.good().size();
    return "%d fanout%s".formatted(n, n == 1 ? "" : "s");
  }

  /** Logs each problem once, until it is gone. */
  private void report(List<String> problems) {
    problems.stream()
        .filter(problem -> !logged.contains(problem))
        .forEach(problem -> log.error("config: {}", problem));
    logged = new HashSet<>(problems);
  }
}
