package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import io.pushfanout.http2.PendingBytes;
import io.pushfanout.http2.SharedBytes;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.queue.HeldPayload.SharedForm;
import io.pushfanout.queue.QueuedMessage;

/**
 * An encoder of the parts of requests around the payloads' own bytes: gRPC's prefix of a message
 * (grpc/doc/PROTOCOL-HTTP2.md, "Length-Prefixed-Message"), and the head of an envelope
 * (proto/delivery.proto; protobuf.dev/programming-guides/encoding).
 *
 * <p>The metadata and the {@code via} of an envelope are before its payload, so that nothing
 * follows a large payload; the order of fields is free.
 */
final class MessageEncoder {
  /** Bytes of a message's prefix: not compressed, and its length. */
  static final int PREFIX_BYTES = 5;

  /** Field 1, delimited: {@code envelopes}. */
  private static final byte ENVELOPE = 0x0A;

  /** Fields 1 and 2, delimited: {@code broadcast} and {@code broadcast_to_room}. */
  private static final byte BROADCAST = 0x0A;

  private static final byte BROADCAST_TO_ROOM = 0x12;

  /** The bytes of a large payload, as connections share them. */
  record SharedPayload(SharedBytes bytes) implements SharedForm {
    @Override
    public void close() {
      bytes.close();
    }
  }

  private MessageEncoder() {}

  /** Returns whether the connections of all nodes share the payload's bytes. */
  static boolean isShared(QueuedMessage message) {
    return message.size() >= SharedBytes.MIN_BYTES;
  }

  /** Adds the payload's own bytes to those that wait. */
  static void hold(QueuedMessage message, PendingBytes waiting) {
    if (isShared(message)) {
      waiting.add(sharedForm(message).bytes);
    } else {
      waiting.add(message.payload().bytes());
    }
  }

  /** Returns the payload's bytes as connections share them. */
  static SharedPayload sharedForm(QueuedMessage message) {
    return (SharedPayload) message.form(bytes -> new SharedPayload(new SharedBytes(bytes)));
  }

  static void writePrefix(ByteBuf out, int messageBytes) {
    out.writeByte(0).writeInt(messageBytes);
  }

  /** Returns the bytes of an envelope's head. */
  static int headBytes(Payload payload) {
    int inner = envelopeBytes(payload);
    return 1 + varintBytes(inner) + inner - payload.size();
  }

  private static int envelopeBytes(Payload payload) {
    int metadata = payload.envelopeFields().length;
    return 1 + varintBytes(payload.size()) + payload.size() + metadata;
  }

  /** Writes an envelope up to the payload's bytes, which end it. */
  static void writeHead(ByteBuf out, Payload payload) {
    out.writeByte(ENVELOPE);
    varint(out, envelopeBytes(payload));
    out.writeBytes(payload.envelopeFields());
    out.writeByte(payload.rpc() == Rpc.BROADCAST ? BROADCAST : BROADCAST_TO_ROOM);
    varint(out, payload.size());
  }

  private static void varint(ByteBuf out, int value) {
    int left = value;
    while ((left & ~0x7F) != 0) {
      out.writeByte((byte) (left | 0x80));
      left >>>= 7;
    }
    out.writeByte((byte) left);
  }

  private static int varintBytes(int value) {
    return Math.max(1, (Integer.SIZE - Integer.numberOfLeadingZeros(value) + 6) / 7);
  }
}
