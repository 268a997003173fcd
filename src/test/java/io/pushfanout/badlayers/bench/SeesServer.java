package io.pushfanout.badlayers.bench;

import io.pushfanout.badlayers.server.SeesClient;

/** Breaks a rule on purpose: {@code bench} does not see {@code server}. */
public class SeesServer {
  SeesClient wrong;
}
