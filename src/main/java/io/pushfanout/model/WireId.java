package io.pushfanout.model;

import java.nio.charset.StandardCharsets;

/**
 * The id of a message as sent to its nodes, so that a node can drop a second message with the same
 * id and bytes. Both encodings are made once, because all nodes of a message get the same.
 */
public final class WireId {
  /** The metadata key of the id in a unary call. */
  public static final String METADATA = "pushfanout-message-id";

  /** Most characters of an id. */
  public static final int MAX_LENGTH = 128;

  /** The tag of field 3, length-delimited: {@code message_id} of {@code pushfanout.v1.Envelope}. */
  private static final byte ENVELOPE_ID = 0x1A;

  /** Lengths from here on take two bytes in an envelope. */
  private static final int TWO_BYTES_FROM = 0x80;

  /** Bytes of this object, and of the headers of two arrays with their padding. */
  private static final int HEAP_OVERHEAD = 72;

  private final byte[] value;
  private final byte[] envelopeFields;

  /**
   * @param id 1 to {@value #MAX_LENGTH} visible ASCII characters
   * @param via the processes that have forwarded the message
   */
  WireId(String id, Via via) {
    this(id.getBytes(StandardCharsets.US_ASCII), via);
  }

  private WireId(byte[] value, Via via) {
    if (value.length == 0 || value.length > MAX_LENGTH) {
      throw new IllegalArgumentException("an id has 1 to " + MAX_LENGTH + " characters");
    }
    this.value = value;
    envelopeFields = envelopeFields(value, via.envelopeFields());
  }

  /** Returns the same id of a message that other processes have forwarded. */
  WireId through(Via via) {
    return new WireId(value, via);
  }

  private static byte[] envelopeFields(byte[] value, byte[] via) {
    int head = value.length < TWO_BYTES_FROM ? 2 : 3;
    byte[] fields = new byte[head + value.length + via.length];
    fields[0] = ENVELOPE_ID;
    fields[1] = (byte) value.length;
    if (head == 3) {
      fields[1] |= (byte) TWO_BYTES_FROM;
      fields[2] = (byte) (value.length >>> 7);
    }
    System.arraycopy(value, 0, fields, head, value.length);
    System.arraycopy(via, 0, fields, head + value.length, via.length);
    return fields;
  }

  /** Returns the value of {@link #METADATA} in ASCII; not a copy, callers must not change it. */
  public byte[] value() {
    return value;
  }

  /** Returns the id and the processes as fields of an envelope; not a copy. */
  byte[] envelopeFields() {
    return envelopeFields;
  }

  /** Returns the heap bytes that the id costs a message. */
  int heapBytes() {
    return HEAP_OVERHEAD + value.length + envelopeFields.length;
  }
}
