package io.pushfanout.queue;

/**
 * Another form of a payload's bytes, which the connections of all its nodes share. May be used from
 * any thread.
 */
public interface SharedForm {
  /** Ends the use of the form: the payload has no holder any more. */
  void close();
}
