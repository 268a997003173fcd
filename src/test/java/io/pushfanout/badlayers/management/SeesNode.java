package io.pushfanout.badlayers.management;

import io.pushfanout.badlayers.node.SeesOperator;

/** Breaks a rule on purpose: {@code management} does not see {@code node}. */
public class SeesNode {
  SeesOperator wrong;
}
