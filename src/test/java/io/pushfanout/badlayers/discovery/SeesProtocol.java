package io.pushfanout.badlayers.discovery;

import io.pushfanout.badlayers.protocol.SeesModel;

/** Breaks a rule on purpose: {@code discovery} does not see {@code protocol}. */
public class SeesProtocol {
  SeesModel wrong;
}
