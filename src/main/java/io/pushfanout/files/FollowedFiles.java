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
 * Files that are taken together or not at all: the last good contents stay in force while there is
 * something wrong with the newest.
 *
 * <p>What counts is what they hold, since a certificate may be renewed with its key kept, and a
 * mounted folder is swapped as a whole without a newer date. New contents are judged once two looks
 * in a row have seen them: a pair is written one file after the other, and the first half of a file
 * may look like a good one.
 *
 * <p>One thread at a time looks; {@link #problem} may be asked from any.
 */
public final class FollowedFiles {
  /** Of each: many times the largest bundle of authorities that systems come with. */
  private static final int MAX_BYTES = 4 << 20;

  /** Looks in a row that have to see the same before it counts. */
  private static final int LOOKS = 2;

  /** Editors empty a file, some for longer, before they write it. */
  private static final int LOOKS_AT_NOTHING = 4;

  /** Takes what the files hold, in their order. */
  @FunctionalInterface
  public interface Taker {
    /**
     * @return what it is, for the log
     * @throws FileException when it is no good, and nothing was taken
     */
    String take(List<SmallFile> files) throws FileException;
  }

  private final Logger log;
  private final List<Path> paths;
  private final Taker taker;
  private final Predicate<List<SmallFile>> isNothing;
  private HashCode inForce;
  private HashCode seen;
  private HashCode judged;

  /** What could not even be judged. */
  private @Nullable HashCode brokeOn;

  private int seenTimes;
  private volatile @Nullable String problem;

  /** Has what they hold now taken. */
  public FollowedFiles(Logger log, List<Path> paths, Taker taker) throws FileException {
    this(log, paths, taker, _ -> false);
  }

  /**
   * @param log of whose files they are
   * @param isNothing whether these are as good as empty, which has to last for a little longer
   * @throws FileException when there is nothing good to begin with
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
    judged = inForce;
  }

  /** Why what is in force is not what the files hold, one line; empty while it is. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  public void look() {
    try {
      List<SmallFile> files = read();
      if (isNews(hash(files)) && (seenTimes >= LOOKS_AT_NOTHING || !isNothing.test(files))) {
        judge(files);
      }
    } catch (FileException e) {
      HashCode failure = Hashing.sha256().hashString(e.toString(), UTF_8);
      if (isNews(failure)) {
        judged = failure;
        keepLastGood(e);
      }
    }
  }

  /** Whether it has settled and was not judged yet. */
  private boolean isNews(HashCode now) {
    seenTimes = now.equals(seen) ? seenTimes + 1 : 1;
    seen = now;
    return seenTimes >= LOOKS && !now.equals(judged);
  }

  private void judge(List<SmallFile> files) {
    try {
      if (!seen.equals(inForce)) {
        String taken = taker.take(files);
        inForce = seen;
        log.info("{}: renewed, {}", names(), taken);
      } else if (problem != null) {
        log.info("{}: good again, as before", names());
      }
      problem = null;
      isJudged();
    } catch (FileException e) {
      keepLastGood(e);
      isJudged();
    } catch (RuntimeException | Error e) {
      // Not judged: it may pass, so the next look tries again.
      if (!seen.equals(brokeOn)) {
        brokeOn = seen;
        // Its message may quote the files.
        keepLastGood(
            new FileException(
                paths.getFirst(), "could not be taken: " + e.getClass().getSimpleName(), e));
      }
    }
  }

  private void isJudged() {
    judged = seen;
    brokeOn = null;
  }

  private void keepLastGood(FileException e) {
    String said = e.getMessage() + "; the last good one stays in force";
    problem = said;
    log.warn("{}", said);
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
