package io.pushfanout.connect;

import java.net.InetAddress;

/** A step that a dial has to do next. */
sealed interface DialStep {
  /**
   * A look-up of the name, with exactly one answer.
   *
   * @param fresh whether the answer of a look-up that has begun already is too old
   */
  record LookUp(boolean fresh) implements DialStep {}

  /** The start of an attempt to connect. */
  record Start(int attempt, InetAddress address) implements DialStep {}

  /** The end of an attempt, without further events of it. */
  record Cancel(int attempt) implements DialStep {}

  /**
   * The failure of the dial, which ends all attempts.
   *
   * @param why one line for people
   */
  record GiveUp(String why) implements DialStep {}
}
