package io.pushfanout.server;

import io.pushfanout.model.Payload;

/** The one message of a call, as received. */
sealed interface Received {
  /** A whole message, not parsed yet. */
  record Whole(Payload payload) implements Received {}

  /** A message whose bytes cannot be decompressed. */
  record Broken(String why) implements Received {}
}
