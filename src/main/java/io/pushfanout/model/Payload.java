package io.pushfanout.model;

/**
 * One caller's request as it came: which call, the encoded bytes, unknown fields included, which
 * room they are for, and which processes they have gone through.
 *
 * <p>There is one for each broadcast, shared by the queues of all its nodes; nobody changes the
 * bytes.
 */
public final class Payload {
  private final Rpc rpc;
  private final byte[] bytes;
  private final int room;
  private final Via via;

  /**
   * For no room, which counts as one. Takes ownership of {@code bytes}: the caller must not touch
   * them again.
   */
  public Payload(Rpc rpc, byte[] bytes) {
    this(rpc, bytes, 0, Via.NONE);
  }

  private Payload(Rpc rpc, byte[] bytes, int room, Via via) {
    this.rpc = rpc;
    this.bytes = bytes;
    this.room = room;
    this.via = via;
  }

  /** The same request, for a room. */
  public Payload inRoom(int hash) {
    return new Payload(rpc, bytes, hash, via);
  }

  /** The same request, for nodes that are to know which processes it has gone through. */
  public Payload through(Via processes) {
    return new Payload(rpc, bytes, room, processes);
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

  /** The processes that it has gone through, as its nodes get them. */
  public Via via() {
    return via;
  }

  /** Length of the encoded request in bytes. */
  public int size() {
    return bytes.length;
  }
}
