package io.pushfanout.cli;

import io.pushfanout.client.TokenCredentials;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --token-file} of every command that broadcasts. */
final class TokenOption {
  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A file with the bearer token to show; read again when it is replaced.")
  private @Nullable Path file;

  /** Returns the token credentials; null without a token. */
  @Nullable TokenCredentials token() {
    return file == null ? null : new TokenCredentials(file);
  }
}
