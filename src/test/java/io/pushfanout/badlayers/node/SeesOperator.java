package io.pushfanout.badlayers.node;

import io.pushfanout.badlayers.operator.SeesDiscovery;

/** Breaks a rule on purpose: {@code node} does not see {@code operator}. */
public class SeesOperator {
  SeesDiscovery wrong;
}
