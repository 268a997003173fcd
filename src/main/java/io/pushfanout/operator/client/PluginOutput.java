package io.pushfanout.operator.client;

import io.pushfanout.concurrent.Threads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * An output stream of a program, read while the program runs so that a full pipe never blocks it.
 * Output after some 1 MiB is dropped.
 */
final class PluginOutput {
  private static final int BYTES_MAX = 1 << 20;
  private static final int PIECE = 8 << 10;

  /**
   * Wait for the rest of the output after the program has ended: child processes that still run may
   * hold the pipe open for ever.
   */
  private static final long REST_MILLIS = 1_000;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Thread reading;

  PluginOutput(InputStream from) {
    reading = Threads.start("pushfanout-exec", () -> read(from));
  }

  private void read(InputStream from) {
    byte[] piece = new byte[PIECE];
    try {
      for (int read = from.read(piece); read >= 0; read = from.read(piece)) {
        if (bytes.size() < BYTES_MAX) {
          bytes.write(piece, 0, read);
        }
      }
    } catch (IOException _) {
      // The end of the output: the JDK closes the pipe of a program that has ended.
    }
  }

  /**
   * Returns the output. For calls after the end of the program; waits for 1 s at most.
   *
   * @throws InterruptedException when the thread is interrupted meanwhile
   */
  String text() throws InterruptedException {
    reading.join(REST_MILLIS);
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
