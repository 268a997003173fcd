package io.pushfanout.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The metadata of a message's own, as sent to its nodes: its id and its place in a trace. The
 * encodings are made once, because all nodes of a message get the same.
 */
public final class MessageMetadata {
  /**
   * The metadata key of the id in a unary call, by which a node can drop a second message with the
   * same id and bytes.
   */
  public static final String MESSAGE_ID = "pushfanout-message-id";

  /** The metadata key of the {@link TraceContext} in a unary call. */
  public static final String TRACEPARENT = "traceparent";

  /** Most characters of a value. */
  public static final int MAX_LENGTH = 128;

  /** A kind of metadata. */
  enum Key {
    ID(MESSAGE_ID, 3, 0),
    TRACE(TRACEPARENT, 5, 320);

    private final String name;

    /** The tag of the field of {@code pushfanout.v1.Envelope}, length-delimited. */
    private final byte tag;

    /** Heap bytes of all that a message with the value keeps beside it, such as its span. */
    private final int keptBytes;

    Key(String name, int field, int keptBytes) {
      this.name = name;
      this.keptBytes = keptBytes;
      this.tag = (byte) (field << 3 | 2);
    }
  }

  /** Lengths from here on take two bytes in an envelope. */
  private static final int TWO_BYTES_FROM = 0x80;

  /** Bytes of this object, and of the headers of two arrays with their padding. */
  private static final int HEAP_OVERHEAD = 72;

  /** Bytes of the header of a value's array with its padding. */
  private static final int VALUE_OVERHEAD = 24;

  private static final Key[] KEYS = Key.values();
  private static final byte[] ABSENT = {};
  private static final MessageMetadata NONE =
      new MessageMetadata(new byte[][] {ABSENT, ABSENT}, Via.NONE);

  /** Values by their keys' places. */
  private final byte[][] values;

  private final byte[] envelopeFields;

  private MessageMetadata(byte[][] values, Via via) {
    this.values = values;
    envelopeFields = envelopeFields(values, via.envelopeFields());
  }

  /**
   * Returns the metadata of a message that has no other.
   *
   * @param value 1 to {@value #MAX_LENGTH} visible ASCII characters
   * @param via the processes that have forwarded the message
   */
  static MessageMetadata of(Key key, String value, Via via) {
    return NONE.with(key, value, via);
  }

  /** Returns this metadata with one more value. */
  @SuppressWarnings("EnumOrdinal") // an index of this process alone
  MessageMetadata with(Key key, String value, Via via) {
    if (value.isEmpty() || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(key.name + " has 1 to " + MAX_LENGTH + " characters");
    }
    byte[][] more = values.clone();
    more[key.ordinal()] = value.getBytes(StandardCharsets.US_ASCII);
    return new MessageMetadata(more, via);
  }

  /** Returns the same metadata of a message that other processes have forwarded. */
  MessageMetadata through(Via via) {
    return new MessageMetadata(values, via);
  }

  @SuppressWarnings("EnumOrdinal") // an index of this process alone
  private static byte[] envelopeFields(byte[][] values, byte[] via) {
    int length = via.length;
    for (byte[] value : values) {
      length += headBytes(value) + value.length;
    }
    byte[] fields = new byte[length];
    int at = 0;
    for (Key key : KEYS) {
      byte[] value = values[key.ordinal()];
      int head = headBytes(value);
      if (head > 0) {
        fields[at] = key.tag;
        fields[at + 1] = (byte) value.length;
        if (head == 3) {
          fields[at + 1] |= (byte) TWO_BYTES_FROM;
          fields[at + 2] = (byte) (value.length >>> 7);
        }
        System.arraycopy(value, 0, fields, at + head, value.length);
        at += head + value.length;
      }
    }
    System.arraycopy(via, 0, fields, at, via.length);
    return fields;
  }

  private static int headBytes(byte[] value) {
    return value.length == 0 ? 0 : value.length < TWO_BYTES_FROM ? 2 : 3;
  }

  /** Returns the metadata keys of a unary call, in the order of {@link #values}. */
  public static List<String> keys() {
    return Arrays.stream(KEYS).map(key -> key.name).toList();
  }

  /**
   * Returns the values in ASCII, in the order of {@link #keys}; an absent one is empty. Not a copy,
   * callers must not change it.
   */
  public byte[][] values() {
    return values;
  }

  /** Returns the values and the processes as fields of an envelope; not a copy. */
  byte[] envelopeFields() {
    return envelopeFields;
  }

  /** Returns the heap bytes that the metadata costs a message. */
  @SuppressWarnings("EnumOrdinal") // an index of this process alone
  int heapBytes() {
    int bytes = HEAP_OVERHEAD + envelopeFields.length;
    for (Key key : KEYS) {
      int length = values[key.ordinal()].length;
      bytes += length == 0 ? 0 : VALUE_OVERHEAD + length + key.keptBytes;
    }
    return bytes;
  }
}
