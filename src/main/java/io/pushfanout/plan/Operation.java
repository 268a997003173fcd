package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;

/** One change to the set of running clients. */
public sealed interface Operation {
  NodeAddress node();

  /** There is no client for the node yet. */
  record Open(NodeAddress node, FanoutName fanout, FanoutSettings settings) implements Operation {}

  /** The client goes on with its queue under other settings, or for another fanout. */
  record Resize(NodeAddress node, FanoutName fanout, FanoutSettings settings)
      implements Operation {}

  /** The node is back while its client drains: the same client takes messages again. */
  record Resume(NodeAddress node, FanoutName fanout, FanoutSettings settings)
      implements Operation {}

  /** No fanout has the node any more: stop offering, drain, then close. */
  record Retire(NodeAddress node) implements Operation {}
}
