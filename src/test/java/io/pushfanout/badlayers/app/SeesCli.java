package io.pushfanout.badlayers.app;

import io.pushfanout.badlayers.cli.SeesFanout;

/** Breaks a rule on purpose: {@code app} does not see {@code cli}. */
public class SeesCli {
  SeesFanout wrong;
}
