package io.pushfanout.operator.client;

import java.nio.file.Path;
import java.security.PrivateKey;
import org.jspecify.annotations.Nullable;

/**
 * A part of a kubeconfig, for what its fields name.
 *
 * @param kubeconfig relative paths begin at its folder
 * @param name of the part, such as {@code kubeconfig /a: users[b].user}
 */
record FileField(Path kubeconfig, String name) {

  /** The field, for messages. */
  String field(String key) {
    return name + "." + key;
  }

  Path file(String path) {
    return kubeconfig.toAbsolutePath().resolveSibling(path);
  }

  ClusterException unsupported(String key) {
    return new ClusterException(field(key) + ": is not supported");
  }

  /**
   * Certificates that a field names or holds; null where it does neither.
   *
   * @param key of the file; that of the data has {@code -data} behind it, and wins
   */
  @Nullable String certificates(String key, @Nullable String path, @Nullable String data) {
    if (data != null && !data.isEmpty()) {
      return Pem.certificates(data, field(key + "-data"));
    }
    return path == null || path.isEmpty() ? null : Pem.certificates(file(path), field(key));
  }

  /** The same of a private key. */
  @Nullable PrivateKey key(String key, @Nullable String path, @Nullable String data) {
    if (data != null && !data.isEmpty()) {
      String field = field(key + "-data");
      return Pem.key(Pem.decoded(data, field), field);
    }
    if (path == null || path.isEmpty()) {
      return null;
    }
    Path file = file(path);
    return Pem.key(SmallFiles.bytes(file, field(key)), "%s: %s".formatted(field(key), file));
  }
}
