package io.pushfanout.badlayers.tracing;

import io.pushfanout.badlayers.server.SeesClient;

/** Breaks a rule on purpose: {@code tracing} does not see {@code server}. */
public class SeesServer {
  SeesClient wrong;
}
