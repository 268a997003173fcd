package io.pushfanout.badlayers.files;

import io.pushfanout.badlayers.tls.SeesFanout;

/** Breaks a rule on purpose: {@code files} does not see {@code tls}. */
public class SeesTls {
  SeesFanout wrong;
}
