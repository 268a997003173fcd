package io.pushfanout.model;

/** How messages travel to a node. */
public enum DeliveryMode {
  /** Streaming where the node has it, else unary calls. */
  AUTO("Auto"),
  UNARY("Unary"),
  STREAM("Stream");

  /** Why {@link #STREAM} is refused, as long as it is. */
  public static final String NO_STREAM_YET =
      "Stream needs streaming delivery, which this version does not have yet";

  private final String specName;

  DeliveryMode(String specName) {
    this.specName = specName;
  }

  /** The value in the resource. */
  public String specName() {
    return specName;
  }
}
