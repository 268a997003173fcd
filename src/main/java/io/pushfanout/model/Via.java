package io.pushfanout.model;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The processes that have forwarded a message, this one last, as sent to its nodes. A node that is
 * in the list, or receives a list at its limit, rejects the message.
 *
 * <p>Both encodings are made once, because all nodes of a message get the same list.
 */
public final class Via {
  /**
   * Largest number of entries of a list that leaves a process; a list that arrives must have fewer.
   */
  public static final int MAX_PROCESSES = 8;

  /** The metadata key of the list in a unary call. */
  public static final String METADATA = "pushfanout-via";

  /** The trailer of the rejection of a message that has come back; its value is {@code 1}. */
  public static final String LOOP_TRAILER = "pushfanout-loop";

  /** The list of a message that no process has forwarded. */
  public static final Via NONE = new Via(List.of(), 0);

  /** The tag of field 4, length-delimited: {@code via} of {@code pushfanout.v1.Envelope}. */
  private static final byte ENVELOPE_VIA = 0x22;

  /** Bytes of a tag and of a length below 128. */
  private static final int FIELD_OVERHEAD = 2;

  /** Bytes of this object, and of the headers of a string and of two arrays with their padding. */
  private static final int HEAP_OVERHEAD = 96;

  private final String metadata;
  private final byte[] envelopeFields;
  private final int heapBytes;

  private Via(List<ProcessId> processes, int heapOverhead) {
    metadata = processes.stream().map(ProcessId::text).collect(Collectors.joining(","));
    envelopeFields = envelopeFields(processes);
    heapBytes = heapOverhead == 0 ? 0 : heapOverhead + metadata.length() + envelopeFields.length;
  }

  /**
   * Returns the list of all messages that enter at this process; messages share it, so it costs
   * them nothing.
   */
  public static Via from(ProcessId self) {
    return new Via(List.of(self), 0);
  }

  /**
   * Returns the list of a message that other processes have forwarded.
   *
   * @throws IllegalArgumentException if there are more than {@value #MAX_PROCESSES}
   */
  public static Via of(List<ProcessId> processes) {
    if (processes.size() > MAX_PROCESSES) {
      throw new IllegalArgumentException("more than " + MAX_PROCESSES + " processes");
    }
    return new Via(processes, HEAP_OVERHEAD);
  }

  private static byte[] envelopeFields(List<ProcessId> processes) {
    int length = processes.stream().mapToInt(id -> FIELD_OVERHEAD + id.text().length()).sum();
    byte[] fields = new byte[length];
    int at = 0;
    for (ProcessId process : processes) {
      byte[] text = process.text().getBytes(StandardCharsets.US_ASCII);
      fields[at++] = ENVELOPE_VIA;
      fields[at++] = (byte) text.length;
      System.arraycopy(text, 0, fields, at, text.length);
      at += text.length;
    }
    return fields;
  }

  public boolean isEmpty() {
    return envelopeFields.length == 0;
  }

  /** Returns the value of {@link #METADATA}: entries separated by commas. */
  public String metadata() {
    return metadata;
  }

  /**
   * Returns the list as fields of a {@code pushfanout.v1.Envelope}; not a copy, callers must not
   * change it.
   */
  public byte[] envelopeFields() {
    return envelopeFields;
  }

  /** Returns the heap bytes that the list costs a message. */
  public int heapBytes() {
    return heapBytes;
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof Via via && metadata.equals(via.metadata));
  }

  @Override
  public int hashCode() {
    return metadata.hashCode();
  }

  @Override
  public String toString() {
    return metadata;
  }
}
