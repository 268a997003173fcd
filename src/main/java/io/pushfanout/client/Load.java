package io.pushfanout.client;

import io.grpc.Status;
import io.pushfanout.protocol.BroadCastReply;

/** The broadcasts of one run over all its connections. For one thread, unless said otherwise. */
interface Load {
  /**
   * A receiver of the outcome of one broadcast: one of its methods is called once, on any thread.
   */
  interface Answer {
    void replied(BroadCastReply reply);

    void failed(Status status);
  }

  /**
   * Starts a broadcast and returns at once.
   *
   * @param number the broadcast's number from 0, which selects the message and the connection
   */
  void send(long number, Answer answer);

  /** Sends the broadcasts that were gathered: no other is due now. */
  void flush();

  /** Ends the run: no more broadcasts follow. */
  void end();

  /** Returns whether the streams of a run have ended, after {@link #end}. */
  boolean isOver();
}
