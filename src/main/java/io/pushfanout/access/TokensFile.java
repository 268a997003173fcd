package io.pushfanout.access;

import com.google.common.hash.HashCode;
import io.pushfanout.files.FileException;
import io.pushfanout.files.FileWatch;
import io.pushfanout.files.FollowedFiles;
import io.pushfanout.files.SmallFile;
import io.pushfanout.model.Printable;
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
 * The tokens of a file, which is followed. One that is broken or gone takes no token away, and one
 * without any has to stay so for a moment.
 *
 * <p>{@link #inForce} and {@link #problem} may be asked from any thread.
 */
public final class TokensFile implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TokensFile.class);

  private final Path path;
  private volatile Map<HashCode, TokenEntry> inForce = Map.of();
  private boolean toldOthers;
  private final FollowedFiles file;
  private @Nullable Future<?> watch;

  /** Of what the file holds now; nobody looks at it again by itself. */
  TokensFile(Path path) throws FileException {
    this.path = path;
    file = new FollowedFiles(log, List.of(path), this::take, TokensFile::isNothing);
    log.info("{}: {} in force", Printable.line(path.toString()), count());
    warnOfOthers();
  }

  /**
   * Reads the file, and follows it until it is closed.
   *
   * @throws FileException when it is broken: who starts without a part of the tokens does not know
   *     which
   */
  public static TokensFile open(Path path) throws FileException {
    TokensFile tokens = new TokensFile(path);
    tokens.watch = FileWatch.every(tokens::look);
    return tokens;
  }

  /** By the tokens' hashes. */
  Map<HashCode, TokenEntry> inForce() {
    return inForce;
  }

  /** Why what is in force is not what the file holds, one line; empty while it is. */
  public Optional<String> problem() {
    return file.problem();
  }

  /** By one thread at a time. */
  void look() {
    file.look();
    warnOfOthers();
  }

  private String take(List<SmallFile> files) throws FileException {
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

  private static boolean isNothing(List<SmallFile> files) {
    TokenLines lines = lines(files);
    return lines.tokens().isEmpty() && lines.problems().isEmpty();
  }

  /** What is no ASCII is part of nothing but comments. */
  private static TokenLines lines(List<SmallFile> files) {
    return TokenLines.read(files.getFirst().text(StandardCharsets.UTF_8));
  }

  private String count() {
    int count = inForce.size();
    return "%d token%s".formatted(count, count == 1 ? "" : "s");
  }

  /** Hashes of good tokens are of no use to anybody, but who can read can often write. */
  private void warnOfOthers() {
    boolean others;
    try {
      others =
          path.getFileSystem().supportedFileAttributeViews().contains("posix")
              && Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException _) {
      return; // Whoever reads it says why it cannot be.
    }
    if (others && !toldOthers) {
      log.warn(
          "{}: may be read by every user of this machine; chmod o= takes that away",
          Printable.line(path.toString()));
    }
    toldOthers = others;
  }

  /** What is in force stays so, whatever becomes of the file. */
  @Override
  public void close() {
    if (watch != null) {
      watch.cancel(false);
    }
  }
}
