package io.pushfanout.badlayers.fanout;

import io.pushfanout.badlayers.connect.SeesServer;

/** Breaks a rule on purpose: {@code fanout} does not see {@code connect}. */
public class SeesConnect {
  SeesServer wrong;
}
