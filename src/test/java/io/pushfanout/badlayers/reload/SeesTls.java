package io.pushfanout.badlayers.reload;

import io.pushfanout.badlayers.tls.SeesFanout;

/** Breaks a rule on purpose: {@code reload} does not see {@code tls}. */
public class SeesTls {
  SeesFanout wrong;
}
