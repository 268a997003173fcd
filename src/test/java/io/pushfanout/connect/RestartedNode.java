package io.pushfanout.connect;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.tools.Ports;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A node that ends and comes back on its port, with the output of all its lives. */
final class RestartedNode {
  private final GrpcLibrary library;
  private final boolean tls;
  private final int port = Ports.free();
  private final List<String> saidBefore = new ArrayList<>();
  private EchoNode life;

  RestartedNode(GrpcLibrary library, boolean tls) throws Exception {
    this.library = library;
    this.tls = tls;
    life = library.start(port, tls);
  }

  NodeAddress address() {
    return new NodeAddress("127.0.0.1", port);
  }

  /** Ends the node after the answers of calls in flight. */
  void stop() throws Exception {
    life.stop();
  }

  /** Ends it at once. */
  void kill() throws Exception {
    life.kill();
  }

  void startAgain() throws Exception {
    saidBefore.addAll(life.said());
    life = library.start(port, tls);
  }

  int times(String line) {
    return Collections.frequency(saidBefore, line) + Collections.frequency(life.said(), line);
  }

  /** Returns the number of arrivals of each message, in the given order. */
  List<Integer> arrivals(List<byte[]> bodies) {
    List<String> said = new ArrayList<>(saidBefore);
    said.addAll(life.said());
    return bodies.stream()
        .map(body -> Collections.frequency(said, JavaEchoNode.line(body)))
        .toList();
  }
}
