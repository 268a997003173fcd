package io.pushfanout.badlayers.operator.resource;

import io.pushfanout.badlayers.operator.SeesDiscovery;

/** Breaks a rule on purpose: {@code operator.resource} does not see {@code operator}. */
public class SeesOperator {
  SeesDiscovery wrong;
}
