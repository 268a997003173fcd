package io.pushfanout.badlayers.queue;

import io.pushfanout.badlayers.delivery.SeesBroadcast;

/** Breaks a rule on purpose: {@code queue} does not see {@code delivery}. */
public class SeesDelivery {
  SeesBroadcast wrong;
}
