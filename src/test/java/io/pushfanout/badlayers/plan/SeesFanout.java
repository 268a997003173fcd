package io.pushfanout.badlayers.plan;

import io.pushfanout.badlayers.fanout.SeesConnect;

/** Breaks a rule on purpose: {@code plan} does not see {@code fanout}. */
public class SeesFanout {
  SeesConnect wrong;
}
