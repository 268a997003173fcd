package io.pushfanout.config;

import com.google.common.hash.HashCode;
import io.pushfanout.reload.FilePoller;
import io.pushfanout.reload.SmallFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file across polls: its newest content, and its last applied one. The applied content stays in
 * force while the newest has a problem.
 */
final class ConfigFile {
  /**
   * Polls for which a missing or empty file keeps its fanouts. Editors truncate a file before
   * writing, and some remove it before putting the new one in place; without this delay, each such
   * moment would retire every node of its fanouts.
   */
  private static final int POLLS_OF_NOTHING = FilePoller.polls(Duration.ofSeconds(2));

  /** Size in bytes from which a file is large; a cold JVM parses 128 KiB within some 100 ms. */
  private static final int LARGE = 128 << 10;

  /**
   * The content of a file in one poll; the bytes are not kept, as files may be many and large.
   *
   * @param hash hash of the content; null if the file is unreadable
   * @param size bytes of the content
   * @param problem why the file is unreadable; null if it is readable
   */
  record Content(@Nullable HashCode hash, int size, @Nullable FileProblem problem) {
    static Content of(Path path) {
      try {
        SmallFile file = SmallFile.read(path, ResourceReader.MAX_BYTES);
        return new Content(file.hash(), file.bytes().length, null);
      } catch (IOException e) {
        return new Content(null, 0, FileProblem.of(e));
      }
    }
  }

  /** The outcome of one poll of a file. */
  enum Status {
    /** The newest content is valid. */
    VALID,
    /** The newest content is invalid, or not read: the last good one stays in force. */
    NOT_APPLIED,
    /** The file is missing or empty, for less than two seconds. */
    PENDING_REMOVAL,
    REMOVED
  }

  private final Path path;
  private @Nullable Content content;
  private @Nullable HashCode parsed;
  private ParseResult newest = ParseResult.EMPTY;
  private ParseResult good = ParseResult.EMPTY;
  private boolean applied;
  private int parses;
  private int pollsOfNothing;
  private List<FileProblem> problems = List.of();

  ConfigFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /** Returns the fanouts of the last applied content. */
  List<FoundFanout> good() {
    return good.fanouts();
  }

  List<FoundFanout> newest() {
    return newest.fanouts();
  }

  List<FileProblem> problems() {
    return problems;
  }

  /**
   * Sets the content for {@link #load}.
   *
   * @param found the content; null if the directory no longer contains the file
   */
  void found(@Nullable Content found) {
    content = found;
  }

  /** Returns whether {@link #load} parses the content. */
  boolean isNew() {
    return content != null && content.hash() != null && !content.hash().equals(parsed);
  }

  boolean isLarge() {
    return content != null && content.size() >= LARGE;
  }

  /** Returns the number of contents that were parsed. */
  int parses() {
    return parses;
  }

  /** Parses the content if it is new, and returns the outcome. */
  Status load() {
    if (content != null && content.problem() != null) {
      pollsOfNothing = 0;
      problems = List.of(content.problem());
      return Status.NOT_APPLIED;
    }
    if (isNew() && !parse()) {
      return Status.NOT_APPLIED; // The next poll finds the change.
    }
    boolean nothing = content == null || newest.isEmpty();
    pollsOfNothing = nothing ? pollsOfNothing + 1 : 0;
    if (nothing && !good.isEmpty() && pollsOfNothing < POLLS_OF_NOTHING) {
      return Status.PENDING_REMOVAL;
    }
    if (content == null) {
      return Status.REMOVED;
    }
    if (!newest.isGood()) {
      problems = newest.problems();
      return Status.NOT_APPLIED;
    }
    return Status.VALID;
  }

  /** Parses the file, unless it has changed since the poll; returns whether it was parsed. */
  private boolean parse() {
    try {
      SmallFile file = SmallFile.read(path, ResourceReader.MAX_BYTES);
      if (content == null || !file.hash().equals(content.hash())) {
        return false;
      }
      newest = ResourceReader.read(file.bytes());
      parsed = content.hash();
      applied = false;
      parses++;
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** Puts the newest content in force; returns whether the content is a new one. */
  boolean apply() {
    boolean isNew = !applied;
    good = newest;
    applied = true;
    problems = List.of();
    return isNew;
  }

  /** Rejects the newest content: valid by itself, but in conflict with other files. */
  void reject(List<FileProblem> conflicts) {
    problems = conflicts;
  }
}
