package io.pushfanout.queue;

/**
 * The room reserved for broadcasts of policy {@code Reject} that other nodes have not answered yet.
 * Guarded by the lock of its {@link MessageQueue}.
 */
final class Reservations {
  private int messages;
  private long bytes;

  void add(int size) {
    messages++;
    bytes += size;
  }

  void remove(int size) {
    messages--;
    bytes -= size;
  }

  int messages() {
    return messages;
  }

  long bytes() {
    return bytes;
  }
}
