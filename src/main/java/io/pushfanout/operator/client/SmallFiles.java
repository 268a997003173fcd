package io.pushfanout.operator.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A reader of files of a bounded size; errors name the file. */
final class SmallFiles {
  /** Largest file in bytes; a kubeconfig of a thousand clusters is smaller. */
  private static final int BYTES_MAX = 4 << 20;

  private SmallFiles() {}

  /**
   * Returns the text of a file.
   *
   * @param of field or source that names the file
   * @throws ClusterException with the names of the source and the file
   */
  static String text(Path file, String of) {
    return new String(bytes(file, of), StandardCharsets.UTF_8);
  }

  static byte[] bytes(Path file, String of) {
    if (Files.isDirectory(file)) {
      throw new ClusterException("%s: %s is a directory".formatted(of, file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw new ClusterException("%s: %s is larger than 4 MiB".formatted(of, file));
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new ClusterException("%s: there is no file %s".formatted(of, file), e);
    } catch (IOException e) {
      throw new ClusterException("%s: %s cannot be read: %s".formatted(of, file, reason(e)), e);
    }
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName().replace("Exception", "");
  }
}
