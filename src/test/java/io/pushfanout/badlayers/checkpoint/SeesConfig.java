package io.pushfanout.badlayers.checkpoint;

import io.pushfanout.badlayers.config.SeesManagement;

/** Breaks a rule on purpose: {@code checkpoint} does not see {@code config}. */
public class SeesConfig {
  SeesManagement wrong;
}
