package io.pushfanout.reload;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The content of a small file at the time it was read. */
public final class SmallFile {
  private final Path path;
  private final byte[] bytes;

  private SmallFile(Path path, byte[] bytes) {
    this.path = path;
    this.bytes = bytes;
  }

  /**
   * Reads a file up to the given size, even if the file grows meanwhile.
   *
   * @param links {@code NOFOLLOW_LINKS}, or nothing to follow links
   * @throws FileException if the file is too large, not a regular file, or unreadable
   */
  public static SmallFile read(Path path, int maxBytes, LinkOption... links) throws FileException {
    if (Files.exists(path, links) && !Files.isRegularFile(path, links)) {
      // Opening a pipe could block forever.
      throw new FileException(path, "is no regular file");
    }
    try (InputStream in = Files.newInputStream(path, links)) {
      return read(path, in, maxBytes);
    } catch (IOException e) {
      throw FileException.of(path, e);
    }
  }

  /**
   * Reads an open file.
   *
   * @param path the file's name
   * @throws FileException if the file is too large
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

  /** Returns the bytes, not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /** Returns the SHA-256 of the bytes. */
  public HashCode hash() {
    return Hashing.sha256().hashBytes(bytes);
  }

  public String text(Charset charset) {
    return new String(bytes, charset);
  }

  /** Returns the name without the content, which may be a secret. */
  @Override
  public String toString() {
    return "SmallFile[" + path + "]";
  }
}
