package io.pushfanout.config;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import io.pushfanout.files.SmallFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One file from look to look: its newest reading, and the last one that was taken whole, which
 * stays in force while there is something wrong with the newest.
 */
final class WatchedFile {
  /**
   * An editor truncates a file before it writes it, and some remove it before they put the new one
   * in its place. Taken at its word, each of these moments would retire every node of its fanouts.
   */
  private static final Duration NOTHING_COUNTS_AFTER = Duration.ofSeconds(2);

  /** Reading again a file that was written to meanwhile. */
  private static final int MOST_TRIES = 5;

  /** What a file has to say in one look. */
  enum Standing {
    /** {@link #newest} is good. */
    OFFERS,
    BROKEN,
    /** It seems to be gone, or empty, but not for long yet. */
    HOLDS,
    GONE
  }

  private final Path path;
  private final Hold away = new Hold(NOTHING_COUNTS_AFTER);
  private final Hold empty = new Hold(NOTHING_COUNTS_AFTER);
  private Reading newest = Reading.EMPTY;
  private Reading good = Reading.EMPTY;
  private boolean taken;
  private int readings;
  private List<FileProblem> problems = List.of();
  private @Nullable Sight readAt;
  private @Nullable HashCode content;

  WatchedFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /** What is good of it, or was when last something was. */
  List<FoundFanout> good() {
    return good.fanouts();
  }

  List<FoundFanout> newest() {
    return newest.fanouts();
  }

  List<FileProblem> problems() {
    return problems;
  }

  /** Returns whether {@link #look} reads the file anew for this sight. */
  boolean isNews(@Nullable Sight sight) {
    return sight instanceof Sight.Seen && !sight.equals(readAt);
  }

  /** Returns how often the file was read. */
  int readings() {
    return readings;
  }

  /**
   * @param sight null where the file is not among its directory's any more
   */
  Standing look(@Nullable Sight sight, long now) {
    return switch (sight) {
      case null -> good.isEmpty() || away.lasts(now) ? Standing.GONE : Standing.HOLDS;
      case Sight.Unseen unseen -> {
        away.end();
        yield unreadable(unseen.problem());
      }
      case Sight.Seen seen -> {
        away.end();
        yield read(seen, now);
      }
    };
  }

  private Standing unreadable(FileProblem problem) {
    readAt = null;
    empty.end();
    problems = List.of(problem);
    return Standing.BROKEN;
  }

  private Standing read(Sight seen, long now) {
    try {
      if (!seen.equals(readAt)) {
        readAnew(seen);
      }
    } catch (IOException e) {
      return unreadable(FileProblem.of(e));
    }
    if (!newest.isEmpty()) {
      empty.end();
    } else if (!good.isEmpty() && !empty.lasts(now)) {
      return Standing.HOLDS;
    }
    if (!newest.isGood()) {
      problems = newest.problems();
      return Standing.BROKEN;
    }
    return Standing.OFFERS;
  }

  private void readAnew(Sight seen) throws IOException {
    Sight before;
    Sight after = seen;
    byte[] bytes;
    int tries = 0;
    do {
      before = after;
      bytes = SmallFile.read(path, ResourceReader.MAX_BYTES).bytes();
      after = Sight.of(path);
    } while (!after.equals(before) && ++tries < MOST_TRIES);
    readAt = before;
    readings++;
    HashCode hash = Hashing.sha256().hashBytes(bytes);
    if (!hash.equals(content)) {
      content = hash;
      newest = ResourceReader.read(bytes);
      taken = false;
    }
  }

  /**
   * Its newest reading is the good one. Whether that is news: a new reading, or no more problems.
   */
  Taken take() {
    Taken news = !taken ? Taken.LOADED : problems.isEmpty() ? Taken.AS_BEFORE : Taken.RECOVERED;
    good = newest;
    taken = true;
    problems = List.of();
    return news;
  }

  /** What it was to take a file's newest reading. */
  enum Taken {
    AS_BEFORE,
    RECOVERED,
    LOADED
  }

  /** Its newest reading is good by itself, but does not go with the other files. */
  void refuse(List<FileProblem> conflicts) {
    problems = conflicts;
  }
}
