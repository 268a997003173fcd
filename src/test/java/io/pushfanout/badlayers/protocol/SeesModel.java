package io.pushfanout.badlayers.protocol;

import io.pushfanout.badlayers.model.SeesPlan;

/** Breaks two rules on purpose: {@code protocol} sees nothing, and this closes a cycle. */
public class SeesModel {
  SeesPlan wrong;
}
