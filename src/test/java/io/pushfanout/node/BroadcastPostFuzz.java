package io.pushfanout.node;

import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/** A fuzz target for the body of {@code POST /broadcast}. */
public final class BroadcastPostFuzz implements FuzzTarget {
  private static final int LONGEST_MESSAGE = 120;

  @Override
  public String name() {
    return "broadcast-post";
  }

  @Override
  public void take(byte[] input) {
    WatchPage.Message message;
    try {
      message = BroadcastPost.parse(Buffer.buffer(input));
    } catch (IllegalArgumentException e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
      return;
    }
    Buffer again =
        new JsonObject()
            .put("room", message.room())
            .put("op", message.op())
            .put("body", message.body())
            .toBuffer();
    Held.that(BroadcastPost.parse(again).equals(message), "not itself", again);
  }
}
