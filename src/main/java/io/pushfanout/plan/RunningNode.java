package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;

/** What runs for one node: whose it is, under which settings, and whether it is on its way out. */
public record RunningNode(FanoutName fanout, FanoutSettings settings, boolean retiring) {}
