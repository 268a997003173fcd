package io.pushfanout.simulation;

import java.util.concurrent.TimeUnit;

/** The behaviour of a node, and of a proxy in front of it, from now on; each behaviour is legal. */
final class Manners {
  enum Dials {
    ACCEPTS,
    REFUSES,
    SWALLOWS
  }

  /** The moment at which the node returns the used bytes of its windows. */
  enum Windows {
    AT_ONCE,
    /** Returns a byte at a time. */
    BY_BYTES,
    /** Returns no bytes while this behaviour lasts. */
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

  /** Number of calls or envelopes of which one gets {@link #odd}; 0 means none. */
  int oddEach;

  Answer odd = Answer.INTERNAL;

  /** The reply to streams of deliveries with a message. */
  Answer streams = Answer.OK;

  /** The reply to a stream without a message. */
  Answer question = Answer.OK;

  /** Nanoseconds from a request to its reply. */
  long thinkNanos = TimeUnit.MICROSECONDS.toNanos(200);

  long questionNanos;

  /** Whether a proxy holds all bytes of a stream until its end. */
  boolean buffers;

  /** Whether an acknowledgement arrives byte by byte. */
  boolean acksByBytes;

  /**
   * Number of streams that a connection takes before it requests another connection; 0 means no
   * limit.
   */
  int streamsPerConnection;

  /** Age in nanoseconds at which the node ends a connection in order; 0 means never. */
  long ageNanos;

  /** Nanoseconds without a byte after which a stream is cut; 0 means never. */
  long idleCutNanos;

  /** Maximum bytes of a message; the node refuses larger ones, and 0 means no bound. */
  int largestMessage;

  boolean silent;

  /** Returns whether every delivery gets a reply that means absence. */
  boolean isAbsent() {
    return dials == Dials.ACCEPTS && calls.isAbsence() && streams.isAbsence();
  }

  /** Returns whether the node would serve a delivery at once, by a call or a stream. */
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
