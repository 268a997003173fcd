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
 * The log of one node. It writes one line for each change, and at most 10 in any 20 s, however
 * often the node changes; all nodes of a namespace write at most 20 of each kind. Used on the
 * node's loop only.
 */
public final class NodeLog {
  private static final Logger log = LoggerFactory.getLogger(NodeLog.class);

  /**
   * Most lines of a kind for all nodes of a namespace. The loss of a fleet is in the history of its
   * fanout and needs no line for each node here.
   */
  public static final int LINES_OF_NAMESPACE = 20;

  private static final int LINES = 10;

  private final NodeAddress node;
  private final LogLimit lines;
  private final Function<Kind, LogLimit> linesOfNamespace;
  private boolean outageReported;
  private boolean replaced;

  /** The kinds of line, each with a limit of its own. */
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
   * Creates the log of a node.
   *
   * @param linesOfNamespace the limit of each kind, for all nodes of the namespace
   */
  public NodeLog(
      NodeAddress node, Function<Kind, LogLimit> linesOfNamespace, LongSupplier nanoClock) {
    this.node = node;
    this.lines = new LogLimit(LINES, nanoClock);
    this.linesOfNamespace = linesOfNamespace;
  }

  /** Logs a connection. The line about a replaced connection stands for both. */
  public void connected() {
    line(Kind.CONNECTED, replaced ? Level.DEBUG : Level.INFO, "connected");
    replaced = false;
    outageReported = false;
  }

  /** Logs a replacement, which is routine. A failure that comes of it gets a line of its own. */
  void replaced(String why) {
    line(Kind.REPLACED, Level.INFO, "its connection is replaced: " + why);
    replaced = true;
    outageReported = false;
  }

  /** Logs a lost connection or a failed dial: one line for each outage. */
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

  /** Logs a change in the node's presence or failures. */
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
