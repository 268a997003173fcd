package io.pushfanout.fanout;

import io.pushfanout.model.Payload;

/** A message whose caller waits for room in one node's queue. */
interface HeldOffer {
  Payload payload();

  /** The queue has decided; told once, on the node's loop. */
  void settled(boolean accepted);
}
