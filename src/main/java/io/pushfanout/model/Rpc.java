package io.pushfanout.model;

/** The calls of {@code protocol.PushServer}, the same from callers and to nodes. */
public enum Rpc {
  BROADCAST("Broadcast"),
  BROADCAST_TO_ROOM("BroadcastToRoom");

  private final String method;

  Rpc(String method) {
    this.method = method;
  }

  /** Returns the method's name in the service. */
  public String method() {
    return method;
  }

  /** Returns the HTTP/2 {@code :path} of the call. */
  public String path() {
    return "/protocol.PushServer/" + method;
  }
}
