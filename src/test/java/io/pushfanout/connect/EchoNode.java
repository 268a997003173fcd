package io.pushfanout.connect;

import java.util.List;

/** A running node that does what messages say; {@code src/test/interop.md} has the words. */
interface EchoNode {
  /** What it has said: a line for each message. */
  List<String> said();

  /** Ends it after the answers of what is in flight. */
  void stop() throws Exception;

  /** Ends it at once. */
  void kill() throws Exception;
}
