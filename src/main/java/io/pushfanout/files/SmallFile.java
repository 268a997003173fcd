package io.pushfanout.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** What one small file held when it was read. */
public final class SmallFile {
  private final Path path;
  private final byte[] bytes;

  private SmallFile(Path path, byte[] bytes) {
    this.path = path;
    this.bytes = bytes;
  }

  /**
   * Reads no more than it says, whatever the file has become meanwhile.
   *
   * @param links none: they are followed
   * @throws FileException when it is too large, no regular file, or cannot be read
   */
  public static SmallFile read(Path path, int maxBytes, LinkOption... links) throws FileException {
    if (Files.exists(path, links) && !Files.isRegularFile(path, links)) {
      // A pipe would not let go of us.
      throw new FileException(path, "is no regular file");
    }
    try (InputStream in = Files.newInputStream(path, links)) {
      return read(path, in, maxBytes);
    } catch (IOException e) {
      throw FileException.of(path, e);
    }
  }

  /**
   * Reads a file that is open.
   *
   * @param path its name
   * @throws FileException when it is too large
   */
  public static SmallFile read(Path path, InputStream in, int maxBytes) throws IOException {
    byte[] bytes = in.readNBytes(maxBytes + 1);
    if (bytes.length > maxBytes) {
      throw FileException.tooLarge(path, maxBytes);
    }
    return new SmallFile(path, bytes);
  }

  public Path path() {
    return path;
  }

  /** Not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  public String text(Charset charset) {
    return new String(bytes, charset);
  }

  /** Without what it holds, which may be a secret. */
  @Override
  public String toString() {
    return "SmallFile[" + path + "]";
  }
}
