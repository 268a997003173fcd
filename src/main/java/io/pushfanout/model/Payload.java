package io.pushfanout.model;

/**
 * One caller's request as it came: which call, and the encoded bytes, unknown fields included.
 *
 * <p>There is one for each broadcast, shared by the queues of all its nodes; nobody changes the
 * bytes.
 */
public final class Payload {
  private final Rpc rpc;
  private final byte[] bytes;

  /** Takes ownership of {@code bytes}: the caller must not touch them again. */
  public Payload(Rpc rpc, byte[] bytes) {
    this.rpc = rpc;
    this.bytes = bytes;
  }

  public Rpc rpc() {
    return rpc;
  }

  /** The encoded request itself, not a copy: to be read only. */
  public byte[] bytes() {
    return bytes;
  }

  /** Length of the encoded request in bytes. */
  public int size() {
    return bytes.length;
  }
}
