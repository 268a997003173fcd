package io.pushfanout.badlayers.conformance;

import io.pushfanout.badlayers.server.SeesClient;

/** Breaks a rule on purpose: {@code conformance} does not see {@code server}. */
public class SeesServer {
  SeesClient wrong;
}
