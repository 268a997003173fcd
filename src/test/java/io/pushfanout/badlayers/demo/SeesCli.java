package io.pushfanout.badlayers.demo;

import io.pushfanout.badlayers.cli.SeesFanout;

/** Breaks a rule on purpose: {@code demo} does not see {@code cli}. */
public class SeesCli {
  SeesFanout wrong;
}
