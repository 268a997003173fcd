package io.pushfanout.server;

import io.pushfanout.model.Payload;

/** What came as the one message of a call. */
sealed interface Received {
  /** The whole message; not looked into yet. */
  record Whole(Payload payload) implements Received {}

  /** The bytes could not be got at: wrongly compressed. */
  record Broken(String why) implements Received {}
}
