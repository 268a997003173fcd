package io.pushfanout.app;

import io.pushfanout.node.NodeOptions;
import io.pushfanout.node.ReferenceNode;

/** Runs the reference connect-node. */
final class NodeService implements Service {
  private final NodeOptions options;
  private final ReferenceNode node;

  NodeService(NodeOptions options) {
    this.options = options;
    this.node = new ReferenceNode(options);
  }

  @Override
  public Listening start() throws Exception {
    node.start();
    return Listening.on(options.bind(), node.grpcPort(), node.httpPort());
  }

  @Override
  public String stop() {
    node.close();
    return "stopped";
  }

  @Override
  public String abandon() {
    return "stopped";
  }
}
