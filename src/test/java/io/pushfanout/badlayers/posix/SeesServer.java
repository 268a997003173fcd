package io.pushfanout.badlayers.posix;

import io.pushfanout.badlayers.server.SeesClient;

/** Breaks a rule on purpose: {@code posix} sees nothing of ours. */
public class SeesServer {
  SeesClient wrong;
}
