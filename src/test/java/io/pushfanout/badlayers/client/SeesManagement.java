package io.pushfanout.badlayers.client;

import io.pushfanout.badlayers.management.SeesNode;

/** Breaks a rule on purpose: {@code client} does not see {@code management}. */
public class SeesManagement {
  SeesNode wrong;
}
