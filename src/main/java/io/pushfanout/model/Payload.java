package io.pushfanout.model;

import org.jspecify.annotations.Nullable;

/**
 * A caller's request as received: the call, the encoded bytes with unknown fields, the room, the
 * processes that have forwarded it, and the metadata of its own.
 *
 * <p>Each broadcast has one payload, shared by the queues of all its nodes. The bytes never change.
 */
public final class Payload {
  private final Rpc rpc;
  private final byte[] bytes;
  private final int room;
  private final Via via;
  private final @Nullable MessageMetadata own;

  /**
   * Creates a payload without a room; all such payloads count as one room. The payload owns {@code
   * bytes}: the caller must not touch them again.
   */
  public Payload(Rpc rpc, byte[] bytes) {
    this(rpc, bytes, 0, Via.NONE, null);
  }

  private Payload(Rpc rpc, byte[] bytes, int room, Via via, @Nullable MessageMetadata own) {
    this.rpc = rpc;
    this.bytes = bytes;
    this.room = room;
    this.via = via;
    this.own = own;
  }

  /** Returns the same request for a room. */
  public Payload inRoom(int hash) {
    return new Payload(rpc, bytes, hash, via, own);
  }

  /** Returns the same request with the processes that have forwarded it, for its nodes. */
  public Payload through(Via processes) {
    return new Payload(rpc, bytes, room, processes, own == null ? null : own.through(processes));
  }

  /**
   * Returns the same request with an id, for its nodes.
   *
   * @param text 1 to {@value MessageMetadata#MAX_LENGTH} visible ASCII characters
   */
  public Payload withId(String text) {
    return with(MessageMetadata.Key.ID, text);
  }

  /** Returns the same request with its place in a trace, for its nodes. */
  public Payload traced(TraceContext context) {
    return with(MessageMetadata.Key.TRACE, context.traceparent());
  }

  private Payload with(MessageMetadata.Key key, String value) {
    MessageMetadata more =
        own == null ? MessageMetadata.of(key, value, via) : own.with(key, value, via);
    return new Payload(rpc, bytes, room, via, more);
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

  /** Returns the metadata of the request's own, as sent to its nodes; null without any. */
  public @Nullable MessageMetadata metadata() {
    return own;
  }

  /**
   * Returns the metadata and the processes as fields of a {@code pushfanout.v1.Envelope}; not a
   * copy, callers must not change it.
   */
  public byte[] envelopeFields() {
    return own == null ? via.envelopeFields() : own.envelopeFields();
  }

  /** Returns the heap bytes of the metadata and the processes that are the request's own. */
  public int metadataBytes() {
    return own == null ? via.heapBytes() : via.heapBytes() + own.heapBytes();
  }

  /** Returns the length of the encoded request in bytes. */
  public int size() {
    return bytes.length;
  }
}
