package io.pushfanout.badlayers.history;

import io.pushfanout.badlayers.operator.SeesDiscovery;

/** Breaks a rule on purpose: {@code history} does not see {@code operator}. */
public class SeesOperator {
  SeesDiscovery wrong;
}
