package io.pushfanout.fanout;

/** A message whose caller waits for room in one node's queue. */
interface HeldOffer {
  Message message();

  /** The queue has decided; told once, on the node's loop. */
  void settled(boolean accepted);
}
