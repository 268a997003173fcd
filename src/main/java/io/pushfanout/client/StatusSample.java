package io.pushfanout.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pushfanout.json.Json;
import io.pushfanout.json.ServerStatus;

/** A server's status at one moment of this process's clock. */
public final class StatusSample {
  private final ObjectNode json;
  private final ServerStatus status;
  private final long takenNanos;

  private StatusSample(ObjectNode json, long takenNanos) {
    this.json = json;
    this.status = Json.read(json, ServerStatus.class);
    this.takenNanos = takenNanos;
  }

  /**
   * @throws IllegalArgumentException when the text is not a status; the message is safe to print
   */
  static StatusSample read(String text, long takenNanos) {
    return new StatusSample(
        Json.object(text).orElseThrow(() -> new IllegalArgumentException("no JSON object")),
        takenNanos);
  }

  /** Returns the server's JSON, indented, safe to print to a terminal. */
  public String json() {
    return Json.pretty(json);
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
