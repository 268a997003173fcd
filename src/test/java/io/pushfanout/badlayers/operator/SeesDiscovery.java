package io.pushfanout.badlayers.operator;

import io.pushfanout.badlayers.discovery.SeesProtocol;

/** Breaks a rule on purpose: {@code operator} does not see {@code discovery}. */
public class SeesDiscovery {
  SeesProtocol wrong;
}
