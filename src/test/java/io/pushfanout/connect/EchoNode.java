package io.pushfanout.connect;

import java.util.List;

/** A running node that obeys messages, in the words of {@code src/test/interop.md}. */
interface EchoNode {
  /** Returns the output of the node: a line for each message. */
  List<String> said();

  /** Ends the node after the answers of calls in flight. */
  void stop() throws Exception;

  /** Ends it at once. */
  void kill() throws Exception;
}
