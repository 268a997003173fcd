package io.pushfanout.badlayers.server;

import io.pushfanout.badlayers.caller.SeesManagement;

/** Breaks a rule on purpose: {@code server} does not see {@code caller}. */
public class SeesCaller {
  SeesManagement wrong;
}
