package io.pushfanout.badlayers.share;

import io.pushfanout.badlayers.model.SeesPlan;

/** Breaks a rule on purpose: {@code share} sees nothing of ours. */
public class SeesModel {
  SeesPlan wrong;
}
