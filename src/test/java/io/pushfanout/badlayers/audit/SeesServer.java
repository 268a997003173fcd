package io.pushfanout.badlayers.audit;

import io.pushfanout.badlayers.server.SeesClient;

/** Breaks a rule on purpose: {@code audit} does not see {@code server}. */
public class SeesServer {
  SeesClient wrong;
}
