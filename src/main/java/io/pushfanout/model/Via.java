package io.pushfanout.model;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The processes that a message has gone through, this one last, as its nodes get them: a node that
 * is a process of the list, or is too far down it, refuses the message.
 *
 * <p>Both forms are made once, since all nodes of a message get the same.
 */
public final class Via {
  /** The most entries of a list that leaves a process. One that arrives has to have fewer. */
  public static final int MAX_PROCESSES = 8;

  /** The metadata of a unary call that has the list. */
  public static final String METADATA = "pushfanout-via";

  /** The trailer of a refusal of a message that has come back: {@code 1}. */
  public static final String LOOP_TRAILER = "pushfanout-loop";

  /** A message that no process has passed on. */
  public static final Via NONE = new Via(List.of(), 0);

  /** Field 4, delimited: {@code via} of {@code pushfanout.v1.Envelope}. */
  private static final byte ENVELOPE_VIA = 0x22;

  /** A tag, and a length below 128. */
  private static final int FIELD_OVERHEAD = 2;

  /** This object, and the headers of a string and of two arrays with their padding. */
  private static final int HEAP_OVERHEAD = 96;

  private final String metadata;
  private final byte[] envelopeFields;
  private final int heapBytes;

  private Via(List<ProcessId> processes, int heapOverhead) {
    metadata = processes.stream().map(ProcessId::text).collect(Collectors.joining(","));
    envelopeFields = envelopeFields(processes);
    heapBytes = heapOverhead == 0 ? 0 : heapOverhead + metadata.length() + envelopeFields.length;
  }

  /** For all messages that come to a process from outside: one object, which costs none of them. */
  public static Via from(ProcessId self) {
    return new Via(List.of(self), 0);
  }

  /**
   * For one message that others have passed on.
   *
   * @throws IllegalArgumentException when there are more than {@value #MAX_PROCESSES}
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

  /** The value of {@link #METADATA}: entries separated by commas. */
  public String metadata() {
    return metadata;
  }

  /** The list as fields of a {@code pushfanout.v1.Envelope}; not a copy: to be read only. */
  public byte[] envelopeFields() {
    return envelopeFields;
  }

  /** What a message takes on the heap for it. */
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
