package io.pushfanout.badlayers.config;

import io.pushfanout.badlayers.management.SeesNode;

/** Breaks a rule on purpose: {@code config} does not see {@code management}. */
public class SeesManagement {
  SeesNode wrong;
}
