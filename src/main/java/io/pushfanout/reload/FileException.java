package io.pushfanout.reload;

import io.pushfanout.text.Causes;
import io.pushfanout.text.Printable;
import io.pushfanout.text.QuantityFormat;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The rejection of a file; the message is one line that names the file, and never quotes its
 * content.
 */
public final class FileException extends IOException {
  private final Path file;
  private final String problem;

  /**
   * @param problem the problem, which follows the file's name and a colon
   */
  public FileException(Path file, String problem) {
    this(file, problem, null);
  }

  public FileException(Path file, String problem, @Nullable Throwable cause) {
    this(file, ": ", problem, cause);
  }

  private FileException(Path file, String colon, String problem, @Nullable Throwable cause) {
    super(Printable.line(file.toString()) + colon + problem, cause);
    this.file = file;
    this.problem = problem;
  }

  /**
   * Returns the rejection of one line of a file.
   *
   * @param problem the problem after the number of its line, {@code 3: …}
   */
  public static FileException inLine(Path file, String problem) {
    return new FileException(file, ":", problem, null);
  }

  /** Returns the exception itself if it is of this class, else one with the system's message. */
  public static FileException of(Path file, IOException e) {
    return e instanceof FileException ours ? ours : new FileException(file, why(e), e);
  }

  public static FileException tooLarge(Path file, int maxBytes) {
    return new FileException(file, "is larger than " + QuantityFormat.format(maxBytes));
  }

  /**
   * Returns the system's message about a file or a directory, in plain words and without its name.
   */
  public static String why(IOException e) {
    return switch (e) {
      case FileException ours -> ours.problem;
      case NoSuchFileException _ -> "no such file or directory";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "is there already";
      case NotDirectoryException _ -> "is no directory";
      case FileSystemException of when of.getReason() != null -> of.getReason();
      default -> Causes.text(e);
    };
  }

  public Path file() {
    return file;
  }

  /** Returns the problem, without the file's name. */
  public String problem() {
    return problem;
  }

  /** Returns whether the file is missing. */
  public boolean isMissing() {
    return getCause() instanceof NoSuchFileException;
  }
}
