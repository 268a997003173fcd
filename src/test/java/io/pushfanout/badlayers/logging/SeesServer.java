package io.pushfanout.badlayers.logging;

import io.pushfanout.badlayers.server.SeesClient;

/** Breaks a rule on purpose: {@code logging} does not see {@code server}. */
public class SeesServer {
  SeesClient wrong;
}
