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
 * A file across polls: its newest reading, and its last applied one. The applied reading stays in
 * force while the newest has a problem.
 */
final class WatchedFile {
  /**
   * Time for which a missing or empty file keeps its fanouts. Editors truncate a file before
   * writing, and some remove it before putting the new one in place; without this delay, each such
   * moment would retire every node of its fanouts.
   */
  private static final Duration NOTHING_COUNTS_AFTER = Duration.ofSeconds(2);

  /** Attempts at most to read a file without a write meanwhile. */
  private static final int MOST_TRIES = 5;

  /** The outcome of one poll of a file. */
  enum Standing {
    /** The file is readable, and {@link #newest} is valid. */
    OFFERS,
    BROKEN,
    /** The file is missing or empty, for less than two seconds. */
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

  /** Returns the fanouts of the last applied reading. */
  List<FoundFanout> good() {
    return good.fanouts();
  }

  List<FoundFanout> newest() {
    return newest.fanouts();
  }

  List<FileProblem> problems() {
    return problems;
  }

  /** Returns whether {@link #look} reads the file again for this state. */
  boolean isNews(@Nullable Sight sight) {
    return sight instanceof Sight.Seen && !sight.equals(readAt);
  }

  /** Returns the number of times that the file was read. */
  int readings() {
    return readings;
  }

  /**
   * Updates the file from its current state and returns the outcome.
   *
   * @param sight state of the file; null if its directory no longer contains the file
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

  /** Applies the newest reading; returns whether the reading is new, or ends earlier problems. */
  Taken take() {
    Taken news = !taken ? Taken.LOADED : problems.isEmpty() ? Taken.AS_BEFORE : Taken.RECOVERED;
    good = newest;
    taken = true;
    problems = List.of();
    return news;
  }

  /** The effect of applying a file's newest reading. */
  enum Taken {
    AS_BEFORE,
    RECOVERED,
    LOADED
  }

  /** Rejects the newest reading: valid by itself, but in conflict with other files. */
  void refuse(List<FileProblem> conflicts) {
    problems = conflicts;
  }
}
