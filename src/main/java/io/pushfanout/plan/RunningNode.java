package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;

/** The running state of one node: its fanout, its settings, and whether it is retiring. */
public record RunningNode(FanoutName fanout, FanoutSettings settings, boolean retiring) {}
