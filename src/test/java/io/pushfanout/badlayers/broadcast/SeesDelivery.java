package io.pushfanout.badlayers.broadcast;

import io.pushfanout.badlayers.delivery.SeesBroadcast;

/** Breaks a rule on purpose: {@code broadcast} does not see {@code delivery}. */
public class SeesDelivery {
  SeesBroadcast wrong;
}
