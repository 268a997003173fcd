package io.pushfanout.badlayers.management.page;

import io.pushfanout.badlayers.management.SeesNode;

/** Breaks a rule on purpose: {@code management.page} does not see {@code management}. */
public class SeesManagement {
  SeesNode wrong;
}
