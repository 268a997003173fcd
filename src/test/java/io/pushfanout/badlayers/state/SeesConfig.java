package io.pushfanout.badlayers.state;

import io.pushfanout.badlayers.config.SeesManagement;

/** Breaks a rule on purpose: {@code state} does not see {@code config}. */
public class SeesConfig {
  SeesManagement wrong;
}
