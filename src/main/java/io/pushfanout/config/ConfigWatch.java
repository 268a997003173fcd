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
 * All files from look to look: what of them is in force, and what is wrong.
 *
 * <p>It polls instead of listening for events: a ConfigMap's volume changes by a link that is not
 * the one that is watched, and network file systems tell nothing.
 *
 * <p>What changed is read only when nothing has changed from one look to the next. So a file that
 * is being written is not read by halves, of which the first could be good by itself; and files
 * that change together, such as those of a ConfigMap, are taken together. Who never stops writing
 * is read once a second. Large files come after the small ones that change with them, one in each
 * look: the reading of one takes up to a second, and must not delay the edits of others.
 *
 * <p>Not thread-safe: one thread looks.
 */
final class ConfigWatch {
  private static final Logger log = LoggerFactory.getLogger(ConfigWatch.class);
  private static final Duration LONGEST_UNREST = Duration.ofSeconds(1);

  /** The size in bytes from which a file is large: it is read within some 100 ms by a cold JVM. */
  static final int LARGE = 128 << 10;

  private final ConfigFiles files;
  private final SortedMap<Path, WatchedFile> watched = new TreeMap<>();
  private final InForce inForce = new InForce();
  private final Hold unrest = new Hold(LONGEST_UNREST);
  private Map<Path, Sight> lastSights = Map.of();

  /** Whether another look at the same sights can find nothing new. */
  private boolean settled;

  /** What changed in the looks since {@link #takeNews}, a line for each file. */
  private List<String> news = new ArrayList<>();

  private Set<String> logged = Set.of();
  private ConfigState state = ConfigState.NONE;

  ConfigWatch(ConfigFiles files) {
    this.files = files;
  }

  /** The first look, which waits for nothing. */
  ConfigState load(long now) {
    try {
      lastSights = sights();
      return take(lastSights, now);
    } catch (IOException e) {
      return unlisted(e);
    }
  }

  /** A later look. */
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
   * What changed since it was asked last, a line for each file. It is for the log once the specs
   * are in force, which they are not yet.
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

  /** The directory is gone: everything stays as it is. */
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
          // Its last good version stays.
        }
        case HOLDS -> holding.add(file);
        case GONE -> loaded |= forget(file);
      }
      if (standing == Standing.OFFERS || standing == Standing.BROKEN) {
        found.addAll(names.claim(file.path().toString(), file.good()));
      }
    }
    // Last, whatever its name: a resource that moved to another file is that one's at once.
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

  /** Returns the large files that this look does not read, though they have changed. */
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

  /** Takes the file's newest reading if its names are its own. Whether that was a load. */
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

  /** Whether that retires anything. */
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
