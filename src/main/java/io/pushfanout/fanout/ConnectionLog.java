package io.pushfanout.fanout;

import io.pushfanout.model.NodeAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line in the log for each outage, however many dials it takes. On the client's loop only. */
final class ConnectionLog {
  private static final Logger log = LoggerFactory.getLogger(ConnectionLog.class);

  private final NodeAddress node;
  private boolean outageReported;

  ConnectionLog(NodeAddress node) {
    this.node = node;
  }

  void connected() {
    log.info("{}: connected", node);
    outageReported = false;
  }

  /** Routine; what may come of it is reported then, by a line of its own. */
  void replaced(String why) {
    log.info("{}: {}", node, why);
    outageReported = false;
  }

  void disconnected(String why) {
    report("disconnected", why);
  }

  void cannotConnect(String why) {
    report("cannot connect", why);
  }

  private void report(String what, String why) {
    if (!outageReported) {
      log.warn("{}: {}: {}", node, what, why);
      outageReported = true;
    }
  }
}
