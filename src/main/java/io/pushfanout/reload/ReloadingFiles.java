package io.pushfanout.reload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import io.pushfanout.text.Printable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A set of files that are reloaded as a whole or not at all: the last good contents stay in force
 * while the newest are invalid.
 *
 * <p>Changes are detected by content: a certificate may be renewed while its key stays, and a
 * mounted folder is swapped as a whole without a newer date.
 *
 * <p>One thread at a time may call {@link #poll}; any thread may call {@link #problem}.
 */
public final class ReloadingFiles {
  /** Size limit of each file: many times the largest CA bundle of operating systems. */
  private static final int MAX_BYTES = 4 << 20;

  /** Polls for empty contents: editors truncate a file, some for longer, before writing. */
  private static final int POLLS_OF_EMPTY = FilePoller.polls(Duration.ofSeconds(2));

  /** A user of the contents, in the order of the files. */
  @FunctionalInterface
  public interface Loader {
    /**
     * Puts the contents in force.
     *
     * @return a description of the contents, for the log
     * @throws FileException if the contents are invalid; the loader then keeps the old ones
     */
    String load(List<SmallFile> files) throws FileException;
  }

  private final Logger log;
  private final List<Path> paths;
  private final Loader loader;
  private final Predicate<List<SmallFile>> isEmpty;
  private final EqualPolls<List<HashCode>> polls = new EqualPolls<>();
  private List<HashCode> inForce;
  private List<HashCode> tried;

  /** The contents on which the loader failed with an unexpected exception. */
  private @Nullable List<HashCode> failedOn;

  private volatile @Nullable String problem;

  /** Reads the files and passes their contents to the loader. */
  public ReloadingFiles(Logger log, List<Path> paths, Loader loader) throws FileException {
    this(log, paths, loader, _ -> false);
  }

  /**
   * @param log the logger of the files' user
   * @param isEmpty returns whether contents are in effect empty, which must last for two more polls
   * @throws FileException if the contents are invalid at the start
   */
  public ReloadingFiles(
      Logger log, List<Path> paths, Loader loader, Predicate<List<SmallFile>> isEmpty)
      throws FileException {
    this.log = log;
    this.paths = paths;
    this.loader = loader;
    this.isEmpty = isEmpty;
    List<SmallFile> files = read();
    loader.load(files);
    inForce = hashes(files);
    tried = inForce;
  }

  /**
   * Returns why the contents in force are not those of the files, in one line; empty while they
   * are.
   */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** Reads the files once, and loads new contents. */
  public void poll() {
    try {
      List<SmallFile> files = read();
      List<HashCode> now = hashes(files);
      if (isNew(now) && (polls.count() >= POLLS_OF_EMPTY || !isEmpty.test(files))) {
        load(files, now);
      }
    } catch (FileException e) {
      List<HashCode> failure = List.of(Hashing.sha256().hashString(e.toString(), UTF_8));
      if (isNew(failure)) {
        tried = failure;
        keepLastGood(e);
      }
    }
  }

  /** Returns whether the contents are stable and were not tried yet. */
  private boolean isNew(List<HashCode> now) {
    return polls.areStable(now) && !now.equals(tried);
  }

  private void load(List<SmallFile> files, List<HashCode> now) {
    try {
      if (!now.equals(inForce)) {
        String loaded = loader.load(files);
        inForce = now;
        log.info("{}: renewed, {}", names(), loaded);
      } else if (problem != null) {
        log.info("{}: good again, as before", names());
      }
      problem = null;
      markTried(now);
    } catch (FileException e) {
      keepLastGood(e);
      markTried(now);
    } catch (RuntimeException | Error e) {
      // The contents stay untried: the failure may pass, so the next poll tries again.
      if (!now.equals(failedOn)) {
        failedOn = now;
        // Only the class is named: the exception's message may quote the files.
        keepLastGood(
            new FileException(
                paths.getFirst(), "could not be taken: " + e.getClass().getSimpleName(), e));
      }
    }
  }

  private void markTried(List<HashCode> now) {
    tried = now;
    failedOn = null;
  }

  private void keepLastGood(FileException e) {
    String message = e.getMessage() + "; the last good one stays in force";
    problem = message;
    log.warn("{}", message);
  }

  private String names() {
    return paths.stream()
        .map(path -> Printable.line(path.toString()))
        .collect(Collectors.joining(" and "));
  }

  private List<SmallFile> read() throws FileException {
    List<SmallFile> files = new ArrayList<>();
    for (Path path : paths) {
      files.add(SmallFile.read(path, MAX_BYTES));
    }
    return files;
  }

  private static List<HashCode> hashes(List<SmallFile> files) {
    return files.stream().map(SmallFile::hash).toList();
  }
}
