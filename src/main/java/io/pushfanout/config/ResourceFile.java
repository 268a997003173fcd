package io.pushfanout.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file's bytes, and how what the file system says of it is put. */
final class ResourceFile {
  private ResourceFile() {}

  /** One byte more than a file may have, so that a reader notices. */
  static byte[] bytes(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      // A pipe would not let go of us.
      throw Files.exists(file)
          ? new FileSystemException(file.toString(), null, "is no regular file")
          : new NoSuchFileException(file.toString());
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(ResourceReader.MAX_BYTES + 1);
    }
  }

  static Problem problem(IOException e) {
    String message =
        switch (e) {
          case NoSuchFileException _ -> "does not exist";
          case AccessDeniedException _ -> "cannot be read: permission denied";
          case FileSystemException of when of.getReason() != null -> of.getReason();
          default -> String.valueOf(e.getMessage());
        };
    return new Problem(1, "file", message);
  }
}
