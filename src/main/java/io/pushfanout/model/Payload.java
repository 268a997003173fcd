package io.pushfanout.model;

/**
 * A caller's request as received: the call, the encoded bytes with unknown fields, the room, and
 * the processes that have forwarded it.
 *
 * <p>Each broadcast has one payload, shared by the queues of all its nodes. The bytes never change.
 */
public final class Payload {
  private final Rpc rpc;
  private final byte[] bytes;
  private final int room;
  private final Via via;

  /**
   * Creates a payload without a room; all such payloads count as one room. The payload owns {@code
   * bytes}: the caller must not touch them again.
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

  /** Returns the same request for a room. */
  public Payload inRoom(int hash) {
    return new Payload(rpc, bytes, hash, via);
  }

  /** Returns the same request with the processes that have forwarded it, for its nodes. */
  public Payload through(Via processes) {
    return new Payload(rpc, bytes, room, processes);
  }

  public Rpc rpc() {
    return rpc;
  }

  /** Returns the encoded request itself, not a copy; callers must not change it. */
  public byte[] bytes() {
    return bytes;
  }

  /**
   * Returns a hash of the room; payloads with the same hash may be of one room and keep their
   * order.
   */
  public int room() {
    return room;
  }

  /** Returns the processes that have forwarded the request, as sent to its nodes. */
  public Via via() {
    return via;
  }

  /** Returns the length of the encoded request in bytes. */
  public int size() {
    return bytes.length;
  }
}
