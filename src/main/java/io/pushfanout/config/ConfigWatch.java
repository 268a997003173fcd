package io.pushfanout.config;

import io.pushfanout.config.WatchedFile.Standing;
import io.pushfanout.config.WatchedFile.Taken;
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
 * A poller of all configuration files that keeps their specs in force and their problems.
 *
 * <p>Polling replaces file events: a ConfigMap volume changes through a link other than the watched
 * one, and network file systems send no events.
 *
 * <p>A change is read only after two polls with equal file attributes. A file that is being written
 * is therefore not read in part, although a part could be valid. Files that change together, such
 * as those of a ConfigMap, are applied together. A file that never stops changing is read once a
 * second.
 *
 * <p>Large files come after the small ones that change with them, one per poll: reading a large
 * file takes up to a second, and must not delay the edits of other files.
 *
 * <p>Not thread-safe: one thread polls.
 */
final class ConfigWatch {
  private static final Logger log = LoggerFactory.getLogger(ConfigWatch.class);
  private static final Duration LONGEST_UNREST = Duration.ofSeconds(1);

  /** Size in bytes from which a file is large; a cold JVM reads 128 KiB within some 100 ms. */
  static final int LARGE = 128 << 10;

  private final ConfigFiles files;
  private final SortedMap<Path, WatchedFile> watched = new TreeMap<>();
  private final InForce inForce = new InForce();
  private final Hold unrest = new Hold(LONGEST_UNREST);
  private Map<Path, Sight> lastSights = Map.of();

  /** Whether another poll with the same file attributes can find no change. */
  private boolean settled;

  /** Changes since the last {@link #takeNews}, one line per file. */
  private List<String> news = new ArrayList<>();

  private Set<String> logged = Set.of();
  private ConfigState state = ConfigState.NONE;

  ConfigWatch(ConfigFiles files) {
    this.files = files;
  }

  /** Polls for the first time, without waiting for files to settle. */
  ConfigState load(long now) {
    try {
      lastSights = sights();
      return take(lastSights, now);
    } catch (IOException e) {
      return unlisted(e);
    }
  }

  /** Polls again. */
  ConfigState look(long now) {
    try {
      Map<Path, Sight> before = lastSights;
      lastSights = sights();
      if (!lastSights.equals(before)) {
        settled = false;
        if (!unrest.lasts(now)) {
          return state;
        }
      }
      unrest.end();
      return settled ? state : take(lastSights, now);
    } catch (IOException e) {
      return unlisted(e);
    }
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

  private Map<Path, Sight> sights() throws IOException {
    SortedMap<Path, Sight> sights = new TreeMap<>();
    files.list().forEach(file -> sights.put(file, Sight.of(file)));
    return sights;
  }

  /** Reports that the directory cannot be listed; all specs stay in force. */
  private ConfigState unlisted(IOException e) {
    List<String> problems = List.of(FileProblem.of(e).in(files.root().toString()));
    report(problems);
    settled = false;
    state = new ConfigState(state.specs(), state.generation(), false, problems);
    return state;
  }

  private ConfigState take(Map<Path, Sight> sights, long now) {
    boolean first = state.generation() == 0;
    boolean loaded = first;
    sights.keySet().forEach(path -> watched.computeIfAbsent(path, WatchedFile::new));
    Set<WatchedFile> later = first ? Set.of() : later(sights);
    Names names = new Names();
    List<FoundFanout> found = new ArrayList<>();
    List<WatchedFile> holding = new ArrayList<>();
    for (WatchedFile file : List.copyOf(watched.values())) {
      if (later.contains(file)) {
        found.addAll(names.claim(file.path().toString(), file.good()));
        continue;
      }
      Standing standing = file.look(sights.get(file.path()), now);
      switch (standing) {
        case OFFERS -> loaded |= offer(file, names);
        case BROKEN -> {
          // The last good version of the file stays.
        }
        case HOLDS -> holding.add(file);
        case GONE -> loaded |= forget(file);
      }
      if (standing == Standing.OFFERS || standing == Standing.BROKEN) {
        found.addAll(names.claim(file.path().toString(), file.good()));
      }
    }
    // Missing files come last: a resource that moved to another file belongs to that file at once.
    holding.forEach(file -> found.addAll(names.claim(file.path().toString(), file.good())));
    inForce.replace(found);
    List<String> problems = problems();
    report(problems);
    settled = holding.isEmpty() && problems.isEmpty() && later.isEmpty();
    state =
        new ConfigState(
            inForce.specs(), state.generation() + (loaded ? 1 : 0), problems.isEmpty(), problems);
    return state;
  }

  /** Returns the large files that have changed but are left to a later poll. */
  private Set<WatchedFile> later(Map<Path, Sight> sights) {
    List<WatchedFile> changed =
        watched.values().stream().filter(file -> file.isNews(sights.get(file.path()))).toList();
    List<WatchedFile> large =
        changed.stream()
            .filter(file -> Sight.size(sights.get(file.path())) >= LARGE)
            .sorted(Comparator.comparingInt(WatchedFile::readings))
            .toList();
    return Set.copyOf(large.size() < changed.size() ? large : large.stream().skip(1).toList());
  }

  /**
   * Applies the newest reading of a file unless its names conflict; returns whether that was a
   * load.
   */
  private boolean offer(WatchedFile file, Names names) {
    List<FileProblem> conflicts = names.conflicts(file.newest());
    if (!conflicts.isEmpty()) {
      file.refuse(conflicts);
      return false;
    }
    Taken taken = file.take();
    if (taken != Taken.AS_BEFORE) {
      news.add("%s: %s in force".formatted(file.path(), count(file)));
    }
    return taken == Taken.LOADED;
  }

  /** Drops a file; returns whether that retires any fanout. */
  private boolean forget(WatchedFile file) {
    watched.remove(file.path());
    news.add("%s: gone, and %s with it".formatted(file.path(), count(file)));
    return !file.good().isEmpty();
  }

  private static String count(WatchedFile file) {
    int n = file.good().size();
    return "%d fanout%s".formatted(n, n == 1 ? "" : "s");
  }

  private List<String> problems() {
    return watched.values().stream()
        .flatMap(file -> file.problems().stream().map(p -> p.in(file.path().toString())))
        .toList();
  }

  /** Logs each problem once, until it is gone. */
  private void report(List<String> problems) {
    problems.stream()
        .filter(problem -> !logged.contains(problem))
        .forEach(problem -> log.error("config: {}", problem));
    logged = new HashSet<>(problems);
  }
}
