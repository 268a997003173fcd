package io.pushfanout.connect;

import java.net.InetAddress;

/** What a dial has to do next. */
sealed interface DialStep {
  /**
   * Look the name up; exactly one answer is owed.
   *
   * @param fresh whether the answer of a look-up that has begun already is too old
   */
  record LookUp(boolean fresh) implements DialStep {}

  /** Begin an attempt to connect. */
  record Start(int attempt, InetAddress address) implements DialStep {}

  /** End an attempt, of which nothing more is to be heard. */
  record Cancel(int attempt) implements DialStep {}

  /**
   * The dial has failed: end all attempts.
   *
   * @param why one line for people
   */
  record GiveUp(String why) implements DialStep {}
}
