package io.pushfanout.operator.client;

import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.nio.file.Path;

/**
 * A token in a file that somebody renews: read for each request, so that the newest is sent. While
 * the file cannot be read the last one is. Any thread may call it.
 */
final class TokenFile implements OAuthTokenProvider {
  private final Path file;
  private final String of;
  private volatile String last;

  private TokenFile(Path file, String of, String last) {
    this.file = file;
    this.of = of;
    this.last = last;
  }

  /**
   * @throws ClusterException where it cannot be read now, or is empty
   */
  static TokenFile open(Path file, String of) {
    return new TokenFile(file, of, read(file, of));
  }

  private static String read(Path file, String of) {
    String token = SmallFiles.text(file, of).strip();
    if (token.isEmpty()) {
      throw new ClusterException("%s: %s is empty".formatted(of, file));
    }
    return token;
  }

  @Override
  public String getToken() {
    try {
      last = read(file, of);
    } catch (ClusterException _) {
      // Between two versions of the file: the last one is good for a while.
    }
    return last;
  }
}
