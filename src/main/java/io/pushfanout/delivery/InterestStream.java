package io.pushfanout.delivery;

import io.pushfanout.interest.RoomUpdate;
import io.pushfanout.model.StatusCode;

/**
 * One stream of a node's updates of its rooms. Methods and callbacks run on the connection's loop.
 */
public interface InterestStream {
  /** Confirms the updates up to this number. */
  void applied(long version);

  /** Ends this side; the node ends the stream. Nothing is confirmed afterwards. */
  void finish();

  /** Ends the stream at once; no callback follows. May be called more than once. */
  void reset();

  /** The receiver of a stream's events. */
  interface Listener {
    void onUpdate(RoomUpdate update);

    /** The node has sent bytes that are no update. The stream is over. */
    void onBroken(String why);

    /** The last event: the stream is over. */
    void onEnded(StatusCode code, String detail);
  }
}
