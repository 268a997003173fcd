package io.pushfanout.model;

/** How messages travel to a node. */
public enum DeliveryMode {
  /** Streaming where the node has it, else unary calls. */
  AUTO("Auto"),
  /** One call for each message. */
  UNARY("Unary"),
  /** Streaming; a node that does not have it is a problem, and its queue holds. */
  STREAM("Stream");

  private final String specName;

  DeliveryMode(String specName) {
    this.specName = specName;
  }

  /** The value in the resource. */
  public String specName() {
    return specName;
  }
}
