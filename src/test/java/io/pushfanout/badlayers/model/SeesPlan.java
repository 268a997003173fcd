package io.pushfanout.badlayers.model;

import io.pushfanout.badlayers.plan.SeesFanout;

/** Breaks a rule on purpose: {@code model} does not see {@code plan}. */
public class SeesPlan {
  SeesFanout wrong;
}
