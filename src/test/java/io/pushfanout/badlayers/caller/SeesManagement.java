package io.pushfanout.badlayers.caller;

import io.pushfanout.badlayers.management.SeesNode;

/** Breaks a rule on purpose: {@code caller} does not see {@code management}. */
public class SeesManagement {
  SeesNode wrong;
}
