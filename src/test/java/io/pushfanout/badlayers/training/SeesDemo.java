package io.pushfanout.badlayers.training;

import io.pushfanout.badlayers.demo.SeesCli;

/** Breaks a rule on purpose: {@code training} does not see {@code demo}. */
public class SeesDemo {
  SeesCli wrong;
}
