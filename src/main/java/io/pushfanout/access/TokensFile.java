package io.pushfanout.access;

import com.google.common.hash.HashCode;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.pushfanout.model.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of a file, which is read again and again: small as it is, that is simpler and surer
 * than to find out whether it has changed.
 *
 * <p>What has changed is taken when two looks in a row have seen the same, so that no half of a
 * file that is being written counts; one without any token must be seen for longer, because that is
 * what editors leave for a moment. A file that is broken or gone takes no token away.
 *
 * <p>{@link #start} and {@link #close} are for the thread that starts and stops the program; {@link
 * #inForce} is for any.
 */
public final class TokensFile implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TokensFile.class);

  private static final Duration INTERVAL = Duration.ofMillis(400);

  /** Looks in a row that must see no token before that is believed: more than a second. */
  private static final int LOOKS_AT_NOTHING = 4;

  private static final int BYTES_MAX = 4 << 20;

  private final Path path;
  private volatile Map<HashCode, TokenEntry> inForce = Map.of();
  private byte[] taken = {};
  private byte[] seen = {};
  private int seenTimes;
  private List<String> told = List.of();
  private boolean toldOthers;
  private @Nullable ScheduledExecutorService thread;

  public TokensFile(Path path) {
    this.path = path;
  }

  /** By the tokens' hashes. */
  Map<HashCode, TokenEntry> inForce() {
    return inForce;
  }

  /**
   * Reads the file, and follows it from then on.
   *
   * @throws AccessException when it is broken: who starts without a part of the tokens does not
   *     know which
   */
  public void start() throws AccessException {
    load();
    thread =
        Executors.newSingleThreadScheduledExecutor(
            new ThreadFactoryBuilder().setNameFormat("pushfanout-tokens").setDaemon(true).build());
    thread.scheduleWithFixedDelay(
        this::lookOrLog, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  void load() throws AccessException {
    try {
      byte[] bytes = bytes();
      warnOfOthers();
      TokenLines lines = TokenLines.read(text(bytes));
      if (!lines.problems().isEmpty()) {
        throw new AccessException(inLine(lines.problems().getFirst()));
      }
      take(bytes, lines);
    } catch (IOException e) {
      throw new AccessException(inFile(reason(e)));
    }
  }

  private void lookOrLog() {
    try {
      look();
    } catch (RuntimeException e) {
      // Thrown on, it would end the looking.
      log.error("tokens: a look at the file failed", e);
    }
  }

  /** Looks once. */
  void look() {
    byte[] bytes;
    try {
      bytes = bytes();
      warnOfOthers();
    } catch (IOException e) {
      seenTimes = 0;
      report(List.of(inFile(reason(e))));
      return;
    }
    seenTimes = seenTimes > 0 && Arrays.equals(bytes, seen) ? seenTimes + 1 : 1;
    seen = bytes;
    if (Arrays.equals(bytes, taken)) {
      report(List.of());
      return;
    }
    if (seenTimes < 2) {
      return;
    }
    TokenLines lines = TokenLines.read(text(bytes));
    if (!lines.problems().isEmpty()) {
      report(lines.problems().stream().map(this::inLine).toList());
    } else if (!lines.tokens().isEmpty() || seenTimes > LOOKS_AT_NOTHING) {
      report(List.of());
      take(bytes, lines);
    }
  }

  private void take(byte[] bytes, TokenLines lines) {
    taken = bytes;
    inForce = lines.tokens();
    int count = inForce.size();
    log.info("{}", inFile("%d token%s in force".formatted(count, count == 1 ? "" : "s")));
  }

  /** Logs each problem once, until it is gone. */
  private void report(List<String> problems) {
    problems.stream()
        .filter(problem -> !told.contains(problem))
        .forEach(problem -> log.error("{}; the last good tokens stay in force", problem));
    if (problems.isEmpty() && !told.isEmpty()) {
      log.info("{}", inFile("is good again"));
    }
    told = problems;
  }

  /** Hashes of good tokens are of no use to anybody, but who can read can often write. */
  private void warnOfOthers() throws IOException {
    boolean others =
        path.getFileSystem().supportedFileAttributeViews().contains("posix")
            && Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ);
    if (others && !toldOthers) {
      log.warn("{}", inFile("may be read by every user of this machine; chmod o= takes that away"));
    }
    toldOthers = others;
  }

  private byte[] bytes() throws IOException {
    if (!Files.isRegularFile(path) && Files.exists(path)) {
      throw new FileSystemException(path.toString(), null, "is no regular file");
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw new FileSystemException(path.toString(), null, "is larger than 4Mi");
      }
      return bytes;
    }
  }

  /** What is no ASCII is part of nothing but comments. */
  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case FileSystemException problem when problem.getReason() != null -> problem.getReason();
      default -> "cannot be read: " + e.getClass().getSimpleName();
    };
  }

  private String inLine(String problem) {
    return Printable.line(path + ":" + problem);
  }

  private String inFile(String what) {
    return Printable.line(path + ": " + what);
  }

  /** Follows the file no longer. */
  @Override
  public void close() {
    if (thread != null) {
      thread.shutdownNow();
    }
  }
}
