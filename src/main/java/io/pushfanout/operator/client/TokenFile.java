package io.pushfanout.operator.client;

import com.google.common.base.CharMatcher;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.nio.file.Path;

/**
 * A provider of a token from a file that is renewed. Each request reads the file, so the newest
 * token is sent; while the file is unreadable, the last token is sent. Thread-safe.
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
   * Opens a token file.
   *
   * @throws ClusterException when the file cannot be read now, or is empty
   */
  static TokenFile open(Path file, String of) {
    return new TokenFile(file, of, read(file, of));
  }

  private static String read(Path file, String of) {
    String token = SmallFiles.text(file, of).strip();
    if (token.isEmpty()) {
      throw new ClusterException("%s: %s is empty".formatted(of, file));
    }
    return checked(token, "%s: %s".formatted(of, file));
  }

  /**
   * Returns a token that a request can carry. For any other the library would fail each request,
   * with the token in its message.
   *
   * @param of origin of the token, for the message
   * @throws ClusterException without the token
   */
  static String checked(String token, String of) {
    if (!CharMatcher.inRange('!', '~').matchesAllOf(token)) {
      throw new ClusterException(of + " must have one token in it, and nothing else");
    }
    return token;
  }

  @Override
  public String getToken() {
    try {
      last = read(file, of);
    } catch (ClusterException _) {
      // The file may be between two versions; the last token stays valid for a while.
    }
    return last;
  }
}
