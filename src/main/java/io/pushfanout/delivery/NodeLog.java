package io.pushfanout.delivery;

import io.pushfanout.concurrent.LogLimit;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.StatusCode;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The log of one node: one line for each change, and at most 10 in any 20 s, however often the node
 * changes; of all nodes of a namespace 20 of each kind. On the node's loop only.
 */
public final class NodeLog {
  private static final Logger log = LoggerFactory.getLogger(NodeLog.class);

  /** A fleet that goes is in the history of its fanout; here it needs no line for each node. */
  public static final int LINES_OF_NAMESPACE = 20;

  private static final int LINES = 10;

  private final NodeAddress node;
  private final LogLimit lines;
  private final Function<Kind, LogLimit> linesOfNamespace;
  private boolean outageReported;
  private boolean replaced;

  /** The kinds of line, each with a pace of its own. */
  public enum Kind {
    CONNECTED,
    REPLACED,
    DISCONNECTED,
    ABSENT,
    PRESENT,
    FAILING,
    SUCCEEDING
  }

  /**
   * Makes the log of a node.
   *
   * @param linesOfNamespace what all nodes of the namespace may write of a kind
   */
  public NodeLog(
      NodeAddress node, Function<Kind, LogLimit> linesOfNamespace, LongSupplier nanoClock) {
    this.node = node;
    this.lines = new LogLimit(LINES, nanoClock);
    this.linesOfNamespace = linesOfNamespace;
  }

  /** The end of the connection whose place it takes was the line for both. */
  public void connected() {
    line(Kind.CONNECTED, replaced ? Level.DEBUG : Level.INFO, "connected");
    replaced = false;
    outageReported = false;
  }

  /** Routine; what may come of it is reported then, by a line of its own. */
  void replaced(String why) {
    line(Kind.REPLACED, Level.INFO, "its connection is replaced: " + why);
    replaced = true;
    outageReported = false;
  }

  /** A connection was lost, or a dial has failed: one line for each outage. */
  public void disconnected(boolean wasConnected, String why) {
    replaced = false;
    if (!outageReported) {
      outageReported = true;
      line(
          Kind.DISCONNECTED,
          Level.WARN,
          (wasConnected ? "disconnected: " : "cannot connect: ") + why);
    }
  }

  /** The line for a change of what deliveries come to. */
  void changed(NodeLifecycle before, NodeLifecycle after) {
    if (!before.isAbsent() && after.isAbsent()) {
      line(Kind.ABSENT, Level.WARN, after.detail() + "; its queue holds");
    } else if (before.isAbsent() && !after.isAbsent()) {
      line(Kind.PRESENT, Level.INFO, "takes deliveries again");
    }
    StatusCode was = before.failures().failing() ? before.failures().code() : null;
    StatusCode is = after.failures().failing() ? after.failures().code() : null;
    if (was != is && is != null) {
      line(Kind.FAILING, Level.WARN, "deliveries fail: " + is + " " + after.failures().text());
    } else if (was != is) {
      line(Kind.SUCCEEDING, Level.INFO, "deliveries succeed again");
    }
  }

  private void line(Kind kind, Level level, String text) {
    if (level == Level.DEBUG) {
      log.debug("{}: {}", node, text);
      return;
    }
    if (!lines.write(
        ofNode ->
            linesOfNamespace
                .apply(kind)
                .write(ofAll -> log.atLevel(level).log("{}: {}{}{}", node, text, ofNode, ofAll)))) {
      log.debug("{}: {}", node, text);
    }
  }
}
