package io.pushfanout.model;

/** The transport of messages to a node. */
public enum DeliveryMode {
  /** Streaming if the node supports it, else unary calls. */
  AUTO("Auto"),
  /** One call for each message. */
  UNARY("Unary"),
  /** Streaming only; a node without it is a problem, and its queue keeps the messages. */
  STREAM("Stream");

  private final String specName;

  DeliveryMode(String specName) {
    this.specName = specName;
  }

  /** Returns the value in the resource. */
  public String specName() {
    return specName;
  }
}
