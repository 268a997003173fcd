package io.pushfanout.badlayers.lookup;

import io.pushfanout.badlayers.model.SeesPlan;

/** Breaks a rule on purpose: {@code lookup} sees nothing of ours. */
public class SeesModel {
  SeesPlan wrong;
}
