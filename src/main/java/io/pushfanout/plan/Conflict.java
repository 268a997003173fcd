package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import java.util.SortedSet;

/** Nodes that one fanout claims and another keeps. */
public record Conflict(FanoutName loser, FanoutName winner, SortedSet<NodeAddress> nodes) {}
