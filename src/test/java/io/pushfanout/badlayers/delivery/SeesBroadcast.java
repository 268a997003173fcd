package io.pushfanout.badlayers.delivery;

import io.pushfanout.badlayers.broadcast.SeesDelivery;

/** Breaks a rule on purpose: {@code delivery} does not see {@code broadcast}. */
public class SeesBroadcast {
  SeesDelivery wrong;
}
