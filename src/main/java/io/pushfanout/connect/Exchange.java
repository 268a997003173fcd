package io.pushfanout.connect;

import io.pushfanout.http2.ClientStream;
import io.pushfanout.model.StatusCode;

/** What a session has open: calls and streams of deliveries, which end with it. */
abstract sealed class Exchange extends ClientStream permits Call, DeliveryStream {
  /** Whether the node owes an answer: silence is a reason to ask whether it lives. */
  abstract boolean isAwaited();

  /** It is over, by what happened to its session. */
  abstract void end(StatusCode code, String detail);

  /** It is over, and the node cannot have seen it. */
  abstract void endUnseen();
}
