package io.pushfanout.queue;

/**
 * Room promised to broadcasts of policy {@code Reject} that are still asking other nodes. Guarded
 * by the lock of its {@link MessageQueue}.
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
