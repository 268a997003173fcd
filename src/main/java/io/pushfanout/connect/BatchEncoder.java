package io.pushfanout.connect;

import io.pushfanout.fanout.QueuedMessage;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes a {@code DeliverRequest} of messages, with gRPC's prefix, around their own bytes
 * (proto/delivery.proto; protobuf.dev/programming-guides/encoding). Small payloads are copied: they
 * cost less than a piece of their own does. An envelope's {@code via} is before its payload, so
 * that nothing is left to come after a large one; the order of fields is free.
 */
final class BatchEncoder {
  /** Field 1, delimited: {@code envelopes}. */
  private static final byte ENVELOPE = 0x0A;

  /** Fields 1 and 2, delimited: {@code broadcast} and {@code broadcast_to_room}. */
  private static final byte BROADCAST = 0x0A;

  private static final byte BROADCAST_TO_ROOM = 0x12;

  private static final int COPIED_BYTES = 1024;

  private static final int USUAL_BYTES = 4096;

  /** Each connection keeps no more than that between two batches. */
  private static final int KEPT_BYTES = 16 << 10;

  private final List<byte[]> pieces = new ArrayList<>();
  private byte[] piece = new byte[USUAL_BYTES];
  private int length;

  /** The pieces are nobody's to change. */
  byte[][] encode(List<QueuedMessage> batch) {
    int size = 0;
    for (int i = 0; i < batch.size(); i++) {
      int inner = envelopeBytes(batch.get(i).payload());
      size += 1 + varintBytes(inner) + inner;
    }
    prefix(size);
    for (int i = 0; i < batch.size(); i++) {
      envelope(batch.get(i).payload());
    }
    endPiece();
    byte[][] all = pieces.toArray(byte[][]::new);
    pieces.clear();
    if (piece.length > KEPT_BYTES) {
      piece = new byte[USUAL_BYTES];
    }
    return all;
  }

  private void prefix(int size) {
    room(MessagePrefix.BYTES);
    MessagePrefix.write(piece, size);
    length = MessagePrefix.BYTES;
  }

  private static int envelopeBytes(Payload payload) {
    int via = payload.via().envelopeFields().length;
    return 1 + varintBytes(payload.size()) + payload.size() + via;
  }

  private void envelope(Payload payload) {
    byte[] via = payload.via().envelopeFields();
    room(2 + 2 * 5 + COPIED_BYTES + via.length);
    piece[length++] = ENVELOPE;
    varint(envelopeBytes(payload));
    System.arraycopy(via, 0, piece, length, via.length);
    length += via.length;
    piece[length++] = payload.rpc() == Rpc.BROADCAST ? BROADCAST : BROADCAST_TO_ROOM;
    varint(payload.size());
    if (payload.size() <= COPIED_BYTES) {
      System.arraycopy(payload.bytes(), 0, piece, length, payload.size());
      length += payload.size();
    } else {
      endPiece();
      pieces.add(payload.bytes());
    }
  }

  private void room(int bytes) {
    if (piece.length - length < bytes) {
      piece = Arrays.copyOf(piece, Math.max(2 * piece.length, length + bytes));
    }
  }

  private void endPiece() {
    if (length > 0) {
      pieces.add(Arrays.copyOf(piece, length));
      length = 0;
    }
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
