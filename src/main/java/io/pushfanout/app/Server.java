package io.pushfanout.app;

/** The fan-out server's composition root. STUB: listens on nothing. */
final class Server implements Service {
  private final ServeOptions options;

  Server(ServeOptions options) {
    this.options = options;
  }

  @Override
  public Listening start() {
    throw new IllegalStateException("serve is not composed yet: " + options);
  }

  @Override
  public String stop() {
    return "stopped, nothing left";
  }

  @Override
  public String abandon() {
    return "stopped, nothing left";
  }
}
