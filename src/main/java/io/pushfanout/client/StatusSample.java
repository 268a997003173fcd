package io.pushfanout.client;

import io.pushfanout.model.Printable;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/** A server's status at one moment of this process's clock. */
public final class StatusSample {
  private final JsonObject json;
  private final ServerStatus status;
  private final long takenNanos;

  private StatusSample(JsonObject json, long takenNanos) {
    this.json = json;
    this.status = ServerStatus.of(json);
    this.takenNanos = takenNanos;
  }

  /**
   * @throws IllegalArgumentException when the text is not a status; the message is safe to print
   */
  static StatusSample read(String text, long takenNanos) {
    try {
      return new StatusSample(new JsonObject(text), takenNanos);
    } catch (DecodeException | ClassCastException e) {
      // The parser's own message quotes its input, at any length.
      throw new IllegalArgumentException("no JSON object", e);
    }
  }

  /** Returns the server's JSON, indented, safe to print to a terminal. */
  public String json() {
    return Printable.json(json.encodePrettily());
  }

  /** Returns whether the server is ready. */
  public boolean ready() {
    return status.ready();
  }

  ServerStatus status() {
    return status;
  }

  long takenNanos() {
    return takenNanos;
  }
}
