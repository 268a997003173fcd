package io.pushfanout.badlayers.tls;

import io.pushfanout.badlayers.fanout.SeesConnect;

/** Breaks a rule on purpose: {@code tls} does not see {@code fanout}. */
public class SeesFanout {
  SeesConnect wrong;
}
