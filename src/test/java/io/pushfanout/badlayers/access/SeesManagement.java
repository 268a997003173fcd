package io.pushfanout.badlayers.access;

import io.pushfanout.badlayers.management.SeesNode;

/** Breaks a rule on purpose: {@code access} does not see {@code management}. */
public class SeesManagement {
  SeesNode wrong;
}
