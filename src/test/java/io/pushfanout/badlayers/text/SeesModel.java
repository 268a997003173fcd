package io.pushfanout.badlayers.text;

import io.pushfanout.badlayers.model.SeesPlan;

/** Breaks a rule on purpose: {@code text} sees nothing of ours. */
public class SeesModel {
  SeesPlan wrong;
}
