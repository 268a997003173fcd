package io.pushfanout.badlayers.interest;

import io.pushfanout.badlayers.model.SeesPlan;

/** Breaks a rule on purpose: {@code interest} sees nothing of ours. */
public class SeesModel {
  SeesPlan wrong;
}
