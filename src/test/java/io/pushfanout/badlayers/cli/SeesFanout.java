package io.pushfanout.badlayers.cli;

import io.pushfanout.badlayers.fanout.SeesConnect;

/** Breaks a rule on purpose: {@code cli} does not see {@code fanout}. */
public class SeesFanout {
  SeesConnect wrong;
}
