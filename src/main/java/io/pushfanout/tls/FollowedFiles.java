package io.pushfanout.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.pushfanout.model.Printable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are taken together or not at all: the last good contents stay in force while there is
 * something wrong with the newest.
 *
 * <p>What counts is what they hold, since a certificate may be renewed with its key kept, and a
 * mounted folder is swapped as a whole without a newer date. New contents are judged once two looks
 * in a row have seen them: a pair is written one file after the other, and the first half of a
 * bundle of authorities looks like a good one.
 *
 * <p>Not thread-safe.
 */
final class FollowedFiles {
  private static final Logger log = LoggerFactory.getLogger(LiveTls.class);

  /** Takes what the files hold, in their order. */
  @FunctionalInterface
  interface Taker {
    /**
     * @return what it is, for the log
     * @throws TlsException when it is no good, and nothing was taken
     */
    String take(List<PemFile> files) throws TlsException;
  }

  private final List<Path> paths;
  private final Taker taker;
  private HashCode inForce;
  private HashCode seen;
  private HashCode judged;
  private boolean bad;

  /**
   * @throws TlsException when there is nothing good to begin with
   */
  FollowedFiles(List<Path> paths, Taker taker) throws TlsException {
    this.paths = paths;
    this.taker = taker;
    List<PemFile> files = read();
    taker.take(files);
    inForce = hash(files);
    seen = inForce;
    judged = inForce;
  }

  void look() {
    try {
      List<PemFile> files = read();
      if (isNews(hash(files))) {
        judge(files);
      }
    } catch (TlsException e) {
      if (isNews(Hashing.sha256().hashString(e.toString(), UTF_8))) {
        keepLastGood(e);
      }
    }
  }

  /** Whether it has settled and was not judged yet. */
  private boolean isNews(HashCode now) {
    boolean settled = now.equals(seen);
    seen = now;
    if (!settled || now.equals(judged)) {
      return false;
    }
    judged = now;
    return true;
  }

  private void judge(List<PemFile> files) {
    try {
      if (!judged.equals(inForce)) {
        String taken = taker.take(files);
        inForce = judged;
        log.info("{}: renewed, {}", names(), taken);
      } else if (bad) {
        log.info("{}: good again, as before", names());
      }
      bad = false;
    } catch (TlsException e) {
      keepLastGood(e);
    }
  }

  private void keepLastGood(TlsException e) {
    bad = true;
    log.warn("{}; the last good one stays in force", e.getMessage());
  }

  private String names() {
    return paths.stream()
        .map(path -> Printable.line(path.toString()))
        .collect(Collectors.joining(" and "));
  }

  private List<PemFile> read() throws TlsException {
    List<PemFile> files = new ArrayList<>();
    for (Path path : paths) {
      files.add(PemFile.read(path));
    }
    return files;
  }

  private static HashCode hash(List<PemFile> files) {
    Hasher hasher = Hashing.sha256().newHasher();
    for (PemFile file : files) {
      hasher.putInt(file.text().length()).putString(file.text(), ISO_8859_1);
    }
    return hasher.hash();
  }
}
