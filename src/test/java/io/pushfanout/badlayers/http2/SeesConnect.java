package io.pushfanout.badlayers.http2;

import io.pushfanout.badlayers.connect.SeesServer;

/** Breaks a rule on purpose: {@code http2} sees nothing of ours. */
public class SeesConnect {
  SeesServer wrong;
}
