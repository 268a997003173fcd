package io.pushfanout.plan;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import java.util.SortedSet;

/** A conflict between two fanouts: nodes that the loser claims and the winner keeps. */
public record Conflict(FanoutName loser, FanoutName winner, SortedSet<NodeAddress> nodes) {}
