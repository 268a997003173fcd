package io.pushfanout.badlayers.concurrent;

import io.pushfanout.badlayers.model.SeesPlan;

/** Breaks a rule on purpose: {@code concurrent} sees nothing of ours. */
public class SeesModel {
  SeesPlan wrong;
}
