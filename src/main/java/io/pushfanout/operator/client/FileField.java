package io.pushfanout.operator.client;

import java.nio.file.Path;
import java.security.PrivateKey;
import org.jspecify.annotations.Nullable;

/**
 * A part of a kubeconfig, which resolves the files that its fields name.
 *
 * @param kubeconfig file whose folder relative paths start at
 * @param name name of the part, such as {@code kubeconfig /a: users[b].user}
 */
record FileField(Path kubeconfig, String name) {

  /** Returns the name of a field, for messages. */
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
   * Returns the certificates of a field, from its file or inline data; null if neither is set.
   *
   * @param key name of the file field; the data field has the suffix {@code -data} and takes
   *     precedence
   */
  @Nullable String certificates(String key, @Nullable String path, @Nullable String data) {
    if (data != null && !data.isEmpty()) {
      return Pem.certificates(data, field(key + "-data"));
    }
    return path == null || path.isEmpty() ? null : Pem.certificates(file(path), field(key));
  }

  /** Returns the private key of a field, from its file or inline data; null if neither is set. */
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
