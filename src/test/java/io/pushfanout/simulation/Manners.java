package io.pushfanout.simulation;

import java.util.concurrent.TimeUnit;

/** How a node, and what stands before it, behaves from now on; legal, whatever it is. */
final class Manners {
  enum Dials {
    ACCEPTS,
    REFUSES,
    SWALLOWS
  }

  /** When the node gives back what was sent of its windows. */
  enum Windows {
    AT_ONCE,
    /** A byte at a time. */
    BY_BYTES,
    /** Not while these manners last. */
    NEVER
  }

  Dials dials = Dials.ACCEPTS;
  boolean greets = true;
  boolean reads = true;
  Windows windows = Windows.AT_ONCE;
  int maxStreams = 100;
  int initialWindow = 65_535;
  int connectionWindow = 1 << 20;
  int maxFrame = 16_384;
  int headerTable = 4_096;

  Answer calls = Answer.OK;

  /** Of each so many calls or envelopes, one gets {@link #odd}; 0 is none. */
  int oddEach;

  Answer odd = Answer.INTERNAL;

  /** Of streams of deliveries with something on them. */
  Answer streams = Answer.OK;

  /** Of a stream with nothing on it. */
  Answer question = Answer.OK;

  /** From a request to its answer. */
  long thinkNanos = TimeUnit.MICROSECONDS.toNanos(200);

  long questionNanos;

  /** Nothing of a stream gets through before its end. */
  boolean buffers;

  /** An acknowledgement arrives byte by byte. */
  boolean acksByBytes;

  /** A connection takes so many streams, and then asks for another; 0 is no limit. */
  int streamsPerConnection;

  /** A connection is asked to go at that age; 0 is never. */
  long ageNanos;

  /** A stream without a byte for so long is cut; 0 is never. */
  long idleCutNanos;

  /** A message that is larger is refused; 0 is no bound. */
  int largestMessage;

  boolean silent;

  /** Whether every delivery meets an answer that means absence. */
  boolean isAbsent() {
    return dials == Dials.ACCEPTS && calls.isAbsence() && streams.isAbsence();
  }

  /** Whether a delivery can be expected to be served at once, by a call or a stream. */
  boolean isGood() {
    return dials == Dials.ACCEPTS
        && greets
        && reads
        && !silent
        && windows == Windows.AT_ONCE
        && maxStreams > 0
        && calls == Answer.OK
        && streams == Answer.OK
        && oddEach == 0
        && largestMessage == 0;
  }
}
