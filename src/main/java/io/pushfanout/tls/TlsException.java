package io.pushfanout.tls;

import io.pushfanout.model.Printable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that TLS cannot use; the message is one line that names it, and never quotes it. */
public final class TlsException extends Exception {
  private final Path file;
  private final String problem;

  TlsException(Path file, String problem) {
    this(file, problem, null);
  }

  TlsException(Path file, String problem, @Nullable Throwable cause) {
    super(Printable.line(file.toString()) + ": " + problem, cause);
    this.file = file;
    this.problem = problem;
  }

  public Path file() {
    return file;
  }

  /** What is wrong, without the file's name. */
  public String problem() {
    return problem;
  }
}
