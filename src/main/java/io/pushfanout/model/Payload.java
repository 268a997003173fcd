package io.pushfanout.model;

/**
 * One caller's request as it came: which call, the encoded bytes, unknown fields included, and
 * which room they are for.
 *
 * <p>There is one for each broadcast, shared by the queues of all its nodes; nobody changes the
 * bytes.
 */
public final class Payload {
  private final Rpc rpc;
  private final byte[] bytes;
  private final int room;

  /**
   * For no room, which counts as one. Takes ownership of {@code bytes}: the caller must not touch
   * them again.
   */
  public Payload(Rpc rpc, byte[] bytes) {
    this(rpc, bytes, 0);
  }

  private Payload(Rpc rpc, byte[] bytes, int room) {
    this.rpc = rpc;
    this.bytes = bytes;
    this.room = room;
  }

  /** The same request, for a room. */
  public Payload inRoom(int hash) {
    return new Payload(rpc, bytes, hash);
  }

  public Rpc rpc() {
    return rpc;
  }

  /** The encoded request itself, not a copy: to be read only. */
  public byte[] bytes() {
    return bytes;
  }

  /** A hash of the room: what has the same may be of one room and keeps its order. */
  public int room() {
    return room;
  }

  /** Length of the encoded request in bytes. */
  public int size() {
    return bytes.length;
  }
}
