package io.pushfanout.conformance;

import org.jspecify.annotations.Nullable;

/**
 * A rule of connect-nodes.
 *
 * @param name short and stable
 * @param service service that the rule is about; null: {@code protocol.PushServer}
 * @param anchor heading's anchor in docs/connect-nodes.md
 */
public record Rule(String name, @Nullable OptionalService service, String anchor, Check check) {
  /** A check of one rule, which returns if the node keeps the rule. */
  @FunctionalInterface
  public interface Check {
    void run(NodeProbe node)
        throws ViolationException, MissingServiceException, InterruptedException;
  }

  /** Returns the place of the rule in the documentation. */
  String section() {
    return "docs/connect-nodes.md#" + anchor;
  }
}
