package io.pushfanout.badlayers.connect;

import io.pushfanout.badlayers.server.SeesClient;

/** Breaks a rule on purpose: {@code connect} does not see {@code server}. */
public class SeesServer {
  SeesClient wrong;
}
