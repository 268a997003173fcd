package io.pushfanout.badlayers.options;

import io.pushfanout.badlayers.client.SeesManagement;

/** Breaks a rule on purpose: {@code options} does not see {@code client}. */
public class SeesClient {
  SeesManagement wrong;
}
