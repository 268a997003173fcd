package io.pushfanout.badlayers.http;

import io.pushfanout.badlayers.app.SeesCli;

/** Breaks a rule on purpose: {@code http} does not see {@code app}. */
public class SeesApp {
  SeesCli wrong;
}
