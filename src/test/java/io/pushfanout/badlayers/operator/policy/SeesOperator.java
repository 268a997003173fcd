package io.pushfanout.badlayers.operator.policy;

import io.pushfanout.badlayers.operator.SeesDiscovery;

/** Breaks a rule on purpose: {@code operator.policy} does not see {@code operator}. */
public class SeesOperator {
  SeesDiscovery wrong;
}
