package io.pushfanout.badlayers.json;

import io.pushfanout.badlayers.operator.SeesDiscovery;

/** Breaks a rule on purpose: {@code json} does not see {@code operator}. */
public class SeesOperator {
  SeesDiscovery wrong;
}
