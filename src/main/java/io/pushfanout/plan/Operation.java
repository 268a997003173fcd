package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;

/** One change to the set of running clients. */
public sealed interface Operation {
  NodeAddress node();

  /** Opens a client for a node without one. */
  record Open(NodeAddress node, FanoutName fanout, FanoutSettings settings) implements Operation {}

  /** Gives a client other settings or another fanout; its queue stays. */
  record Resize(NodeAddress node, FanoutName fanout, FanoutSettings settings)
      implements Operation {}

  /** Resumes the draining client of a node that is back; the client accepts messages again. */
  record Resume(NodeAddress node, FanoutName fanout, FanoutSettings settings)
      implements Operation {}

  /** Retires the client of a node without a fanout: it gets no more offers, drains, and closes. */
  record Retire(NodeAddress node) implements Operation {}
}
