package io.pushfanout.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.pushfanout.reload.FileException;
import io.pushfanout.reload.SmallFile;
import io.pushfanout.tls.PemText.PemException;
import java.nio.file.Path;

/** The content of one file when it was read. */
record PemFile(Path path, PemText text) {
  static PemFile of(SmallFile file) {
    return new PemFile(file.path(), new PemText(file.text(ISO_8859_1)));
  }

  /** A part of a PEM text, of one kind. */
  interface Part<T> {
    T of(PemText text) throws PemException;
  }

  /**
   * Returns a part of the file.
   *
   * @throws FileException when there is none, or it cannot be read
   */
  <T> T read(Part<T> part) throws FileException {
    try {
      return part.of(text);
    } catch (PemException e) {
      throw new FileException(path, e.problem(), e.getCause());
    }
  }
}
