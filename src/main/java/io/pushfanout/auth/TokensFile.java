package io.pushfanout.auth;

import com.google.common.hash.HashCode;
import io.pushfanout.reload.FileException;
import io.pushfanout.reload.FilePoller;
import io.pushfanout.reload.ReloadingFiles;
import io.pushfanout.reload.SmallFile;
import io.pushfanout.text.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of a file, reloaded when it changes. An invalid or missing file removes no token, and
 * a file without any tokens must stay so for a moment before it counts.
 *
 * <p>Any thread may call {@link #inForce} and {@link #problem}.
 */
public final class TokensFile implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TokensFile.class);

  private final Path path;
  private volatile Map<HashCode, TokenEntry> inForce = Map.of();
  private boolean warned;
  private final ReloadingFiles file;
  private @Nullable Future<?> polling;

  /** Reads the file once, without polling it. */
  TokensFile(Path path) throws FileException {
    this.path = path;
    file = new ReloadingFiles(log, List.of(path), this::load, TokensFile::isEmpty);
    log.info("{}: {} in force", Printable.line(path.toString()), count());
    warnIfReadableByOthers();
  }

  /**
   * Reads the file, and polls it until it is closed.
   *
   * @throws FileException if the file is invalid: a start with only a part of the tokens would go
   *     unnoticed
   */
  public static TokensFile open(Path path) throws FileException {
    TokensFile tokens = new TokensFile(path);
    tokens.polling = FilePoller.start(tokens::poll);
    return tokens;
  }

  /** Returns the entries in force by hash of the token. */
  Map<HashCode, TokenEntry> inForce() {
    return inForce;
  }

  /**
   * Returns why the tokens in force are not those of the file, in one line; empty while they are.
   */
  public Optional<String> problem() {
    return file.problem();
  }

  /** Polls the file once; called by one thread at a time. */
  void poll() {
    file.poll();
    warnIfReadableByOthers();
  }

  private String load(List<SmallFile> files) throws FileException {
    TokenLines lines = lines(files);
    List<String> problems = lines.problems();
    if (!problems.isEmpty()) {
      int more = problems.size() - 1;
      throw FileException.inLine(
          path, problems.getFirst() + (more == 0 ? "" : " (and %d more)".formatted(more)));
    }
    inForce = lines.tokens();
    return count();
  }

  private static boolean isEmpty(List<SmallFile> files) {
    TokenLines lines = lines(files);
    return lines.tokens().isEmpty() && lines.problems().isEmpty();
  }

  /** Parses the file; characters beyond ASCII are valid in comments only. */
  private static TokenLines lines(List<SmallFile> files) {
    return TokenLines.read(files.getFirst().text(StandardCharsets.UTF_8));
  }

  private String count() {
    int count = inForce.size();
    return "%d token%s".formatted(count, count == 1 ? "" : "s");
  }

  /**
   * Warns if every user can read the file. Hashes of good tokens are useless to a reader, but a
   * reader can often write too.
   */
  private void warnIfReadableByOthers() {
    boolean others;
    try {
      others =
          path.getFileSystem().supportedFileAttributeViews().contains("posix")
              && Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException _) {
      return; // The next read of the file reports the failure.
    }
    if (others && !warned) {
      log.warn(
          "{}: may be read by every user of this machine; chmod o= takes that away",
          Printable.line(path.toString()));
    }
    warned = others;
  }

  /** Stops polling the file; the tokens in force stay. */
  @Override
  public void close() {
    if (polling != null) {
      polling.cancel(false);
    }
  }
}
