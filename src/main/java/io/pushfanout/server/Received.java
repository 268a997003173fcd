package io.pushfanout.server;

import io.pushfanout.model.Payload;

/** What came as the one message of a call. */
sealed interface Received {
  /** The whole message; not looked into yet. */
  record Whole(Payload payload) implements Received {}

  /** More bytes than the server takes; they were not kept. */
  record TooLarge() implements Received {}

  /** The bytes could not be got at: wrongly compressed. */
  record Broken(String why) implements Received {}
}
