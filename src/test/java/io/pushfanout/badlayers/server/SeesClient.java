package io.pushfanout.badlayers.server;

import io.pushfanout.badlayers.client.SeesManagement;

/** Breaks a rule on purpose: {@code server} does not see {@code client}. */
public class SeesClient {
  SeesManagement wrong;
}
