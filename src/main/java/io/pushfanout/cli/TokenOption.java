package io.pushfanout.cli;

import io.pushfanout.client.TokenCredentials;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --token-file}, for every command that broadcasts. */
final class TokenOption {
  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A file with the bearer token to show; read again when it is replaced.")
  private @Nullable Path file;

  /** Null shows none. */
  @Nullable TokenCredentials token() {
    return file == null ? null : new TokenCredentials(file);
  }
}
