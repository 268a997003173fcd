package io.pushfanout.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.pushfanout.model.Printable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A set of followed files that are accepted as a whole or not at all: the last good contents stay
 * in force while the newest are invalid.
 *
 * <p>Changes are detected by content: a certificate may be renewed while its key stays, and a
 * mounted folder is swapped as a whole without a newer date. New contents are tried once two checks
 * in a row have found them. The files of a pair are written one after the other, and the first half
 * of a file may seem valid.
 *
 * <p>One thread at a time may call {@link #look}; any thread may call {@link #problem}.
 */
public final class FollowedFiles {
  /** Size limit of each file: many times the largest CA bundle of operating systems. */
  private static final int MAX_BYTES = 4 << 20;

  /** Number of checks in a row that must find the same contents before they count. */
  private static final int CHECKS = 2;

  /**
   * Number of checks for empty contents: editors truncate a file, some for longer, before they
   * write it.
   */
  private static final int CHECKS_OF_EMPTY = 4;

  /** A receiver of the files' contents, in the order of the files. */
  @FunctionalInterface
  public interface Taker {
    /**
     * @return a description of the contents, for the log
     * @throws FileException if the contents are invalid; the receiver then keeps the old ones
     */
    String take(List<SmallFile> files) throws FileException;
  }

  private final Logger log;
  private final List<Path> paths;
  private final Taker taker;
  private final Predicate<List<SmallFile>> isNothing;
  private HashCode inForce;
  private HashCode seen;
  private HashCode tried;

  /** The contents on which the taker failed with an unexpected exception. */
  private @Nullable HashCode failedOn;

  private int seenCount;
  private volatile @Nullable String problem;

  /** Reads the files and passes their contents to the taker. */
  public FollowedFiles(Logger log, List<Path> paths, Taker taker) throws FileException {
    this(log, paths, taker, _ -> false);
  }

  /**
   * @param log the logger of the files' user
   * @param isNothing returns whether contents are in effect empty, which must last for two more
   *     checks
   * @throws FileException if the contents are invalid at the start
   */
  public FollowedFiles(
      Logger log, List<Path> paths, Taker taker, Predicate<List<SmallFile>> isNothing)
      throws FileException {
    this.log = log;
    this.paths = paths;
    this.taker = taker;
    this.isNothing = isNothing;
    List<SmallFile> files = read();
    taker.take(files);
    inForce = hash(files);
    seen = inForce;
    tried = inForce;
  }

  /**
   * Returns why the contents in force are not those of the files, in one line; empty while they
   * are.
   */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** Checks the files once, and passes new contents to the taker. */
  public void look() {
    try {
      List<SmallFile> files = read();
      if (isNew(hash(files)) && (seenCount >= CHECKS_OF_EMPTY || !isNothing.test(files))) {
        tryContents(files);
      }
    } catch (FileException e) {
      HashCode failure = Hashing.sha256().hashString(e.toString(), UTF_8);
      if (isNew(failure)) {
        tried = failure;
        keepLastGood(e);
      }
    }
  }

  /** Returns whether the contents have settled and were not tried yet. */
  private boolean isNew(HashCode now) {
    seenCount = now.equals(seen) ? seenCount + 1 : 1;
    seen = now;
    return seenCount >= CHECKS && !now.equals(tried);
  }

  private void tryContents(List<SmallFile> files) {
    try {
      if (!seen.equals(inForce)) {
        String taken = taker.take(files);
        inForce = seen;
        log.info("{}: renewed, {}", names(), taken);
      } else if (problem != null) {
        log.info("{}: good again, as before", names());
      }
      problem = null;
      markTried();
    } catch (FileException e) {
      keepLastGood(e);
      markTried();
    } catch (RuntimeException | Error e) {
      // The contents stay untried: the failure may pass, so the next check tries again.
      if (!seen.equals(failedOn)) {
        failedOn = seen;
        // Only the class is named: the exception's message may quote the files.
        keepLastGood(
            new FileException(
                paths.getFirst(), "could not be taken: " + e.getClass().getSimpleName(), e));
      }
    }
  }

  private void markTried() {
    tried = seen;
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

  private static HashCode hash(List<SmallFile> files) {
    Hasher hasher = Hashing.sha256().newHasher();
    files.forEach(file -> hasher.putInt(file.bytes().length).putBytes(file.bytes()));
    return hasher.hash();
  }
}
