package io.pushfanout.audit;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A destination of the audit log's lines. One thread at a time uses it; it may block. */
public interface AuditOutput {
  /**
   * Writes whole lines. After an exception the buffer's position is after the last byte that was
   * written, and the next call continues there.
   */
  void write(ByteBuffer lines) throws IOException;

  /** Closes the output; later calls of {@link #write} may fail. */
  void close() throws IOException;

  /** Returns the standard output of this process, which stays open. */
  static AuditOutput stdout() {
    WritableByteChannel out = new FileOutputStream(FileDescriptor.out).getChannel();
    return new AuditOutput() {
      @Override
      public void write(ByteBuffer lines) throws IOException {
        writeAll(out, lines);
      }

      @Override
      public void close() {}
    };
  }

  /** Writes the rest of the buffer. */
  static void writeAll(WritableByteChannel out, ByteBuffer lines) throws IOException {
    while (lines.hasRemaining()) {
      if (out.write(lines) == 0) {
        throw new IOException("it takes no more bytes for now");
      }
    }
  }
}
