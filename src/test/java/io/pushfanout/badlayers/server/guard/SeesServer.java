package io.pushfanout.badlayers.server.guard;

import io.pushfanout.badlayers.server.SeesClient;

/** Breaks a rule on purpose: {@code server.guard} does not see {@code server}. */
public class SeesServer {
  SeesClient wrong;
}
