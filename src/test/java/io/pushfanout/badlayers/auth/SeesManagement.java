package io.pushfanout.badlayers.auth;

import io.pushfanout.badlayers.management.SeesNode;

/** Breaks a rule on purpose: {@code auth} does not see {@code management}. */
public class SeesManagement {
  SeesNode wrong;
}
