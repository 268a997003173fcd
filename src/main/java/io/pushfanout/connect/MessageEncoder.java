package io.pushfanout.connect;

import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.queue.QueuedMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * An encoder of gRPC's length-prefixed messages around the payloads' own bytes, because many nodes
 * get the same (grpc/doc/PROTOCOL-HTTP2.md, "Length-Prefixed-Message"). A unary call has one
 * payload; a {@code DeliverRequest} has a batch (proto/delivery.proto;
 * protobuf.dev/programming-guides/encoding).
 *
 * <p>Small payloads of a batch are copied: a copy costs less than a separate piece, and the batch
 * leaves at once. A message alone is never copied: a part of it may have to wait, and nodes that do
 * not read must not hold a copy each. The {@code via} of an envelope is before its payload, so that
 * nothing follows a large payload; the order of fields is free.
 */
final class MessageEncoder {
  /** Bytes of a message's prefix: not compressed, and its length. */
  static final int PREFIX_BYTES = 5;

  /** Field 1, delimited: {@code envelopes}. */
  private static final byte ENVELOPE = 0x0A;

  /** Fields 1 and 2, delimited: {@code broadcast} and {@code broadcast_to_room}. */
  private static final byte BROADCAST = 0x0A;

  private static final byte BROADCAST_TO_ROOM = 0x12;

  private static final int COPIED_BYTES = 1024;
  private static final byte[] NOTHING = {};

  private final List<QueuedMessage> batch;
  private final List<byte[]> pieces = new ArrayList<>(2);

  /** Piece that is being filled. */
  private byte[] piece = NOTHING;

  /** Bytes of {@link #piece} that are filled. */
  private int length;

  private MessageEncoder(List<QueuedMessage> batch) {
    this.batch = batch;
  }

  /** Encodes the request of a unary call. The pieces must not be changed. */
  static byte[][] unary(Payload payload) {
    byte[] prefix = new byte[PREFIX_BYTES];
    writePrefix(prefix, payload.size());
    return new byte[][] {prefix, payload.bytes()};
  }

  private static void writePrefix(byte[] to, int messageBytes) {
    to[0] = 0;
    to[1] = (byte) (messageBytes >>> 24);
    to[2] = (byte) (messageBytes >>> 16);
    to[3] = (byte) (messageBytes >>> 8);
    to[4] = (byte) messageBytes;
  }

  /** Encodes a batch. The pieces must not be changed. */
  static byte[][] batch(List<QueuedMessage> batch) {
    return new MessageEncoder(batch).encode();
  }

  private byte[][] encode() {
    int before = PREFIX_BYTES;
    for (int first = 0; first < batch.size(); ) {
      int shared = first;
      int bytes = before;
      for (; shared < batch.size() && isCopied(shared); shared++) {
        bytes += headBytes(shared) + payload(shared).size();
      }
      piece = new byte[shared < batch.size() ? bytes + headBytes(shared) : bytes];
      length = before;
      fill(first, shared);
      first = shared + 1;
      before = 0;
    }
    writePrefix(pieces.getFirst(), messageBytes());
    return pieces.toArray(byte[][]::new);
  }

  /**
   * Adds copies of the messages from {@code first} on, and the shared message after them, if any.
   */
  private void fill(int first, int shared) {
    for (int i = first; i < shared; i++) {
      head(payload(i));
      System.arraycopy(payload(i).bytes(), 0, piece, length, payload(i).size());
      length += payload(i).size();
    }
    pieces.add(piece);
    if (shared < batch.size()) {
      head(payload(shared));
      pieces.add(payload(shared).bytes());
    }
  }

  private Payload payload(int index) {
    return batch.get(index).payload();
  }

  private boolean isCopied(int index) {
    return batch.size() > 1 && payload(index).size() <= COPIED_BYTES;
  }

  private int messageBytes() {
    int size = -PREFIX_BYTES;
    for (byte[] each : pieces) {
      size += each.length;
    }
    return size;
  }

  private int headBytes(int index) {
    int inner = envelopeBytes(payload(index));
    return 1 + varintBytes(inner) + inner - payload(index).size();
  }

  private static int envelopeBytes(Payload payload) {
    int via = payload.via().envelopeFields().length;
    return 1 + varintBytes(payload.size()) + payload.size() + via;
  }

  private void head(Payload payload) {
    byte[] via = payload.via().envelopeFields();
    piece[length++] = ENVELOPE;
    varint(envelopeBytes(payload));
    System.arraycopy(via, 0, piece, length, via.length);
    length += via.length;
    piece[length++] = payload.rpc() == Rpc.BROADCAST ? BROADCAST : BROADCAST_TO_ROOM;
    varint(payload.size());
  }

  private void varint(int value) {
    int left = value;
    while ((left & ~0x7F) != 0) {
      piece[length++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    piece[length++] = (byte) left;
  }

  private static int varintBytes(int value) {
    return Math.max(1, (Integer.SIZE - Integer.numberOfLeadingZeros(value) + 6) / 7);
  }
}
