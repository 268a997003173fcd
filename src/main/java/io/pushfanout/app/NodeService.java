package io.pushfanout.app;

/** The reference connect-node's composition root. STUB: listens on nothing. */
final class NodeService implements Service {
  private final NodeOptions options;

  NodeService(NodeOptions options) {
    this.options = options;
  }

  @Override
  public Listening start() {
    throw new IllegalStateException("node is not composed yet: " + options);
  }

  @Override
  public String stop() {
    return "stopped";
  }

  @Override
  public String abandon() {
    return "stopped";
  }
}
