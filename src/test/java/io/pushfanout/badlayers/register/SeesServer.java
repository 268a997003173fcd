package io.pushfanout.badlayers.register;

import io.pushfanout.badlayers.server.SeesClient;

/** Breaks a rule on purpose: {@code register} does not see {@code server}. */
public class SeesServer {
  SeesClient wrong;
}
