package io.pushfanout.badlayers.operator.client;

import io.pushfanout.badlayers.operator.SeesDiscovery;

/** Breaks a rule on purpose: {@code operator.client} does not see {@code operator}. */
public class SeesOperator {
  SeesDiscovery wrong;
}
